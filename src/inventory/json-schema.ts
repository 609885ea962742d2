import type { Field, Kind, ListKind, ObjectKind } from './kinds.js';
import { inventorySchema } from './schema.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A value that is looked up when the file is read can stand wherever a text, a number or a word can. */
const SUBSTITUTION = '\\$\\{(env|file):[^}]+\\}';
const substitution: JsonSchema = { type: 'string', pattern: SUBSTITUTION };

/** The JSON Schema of the inventory file (draft 2020-12), for editors. */
export function inventoryJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Inventory of provision',
    ...schemaOf(inventorySchema),
  };
}

function schemaOf(kind: Kind): JsonSchema {
  switch (kind.kind) {
    case 'text':
      return textSchema(kind.format.pattern);
    case 'number': {
      const { minimum, maximum } = kind;
      return { anyOf: [{ type: kind.integer ? 'integer' : 'number', minimum, maximum }, substitution] };
    }
    case 'choice':
      return { anyOf: [{ enum: kind.values }, substitution] };
    case 'flag':
      return { anyOf: [{ type: 'boolean' }, substitution] };
    case 'list':
      return listSchema(kind);
    case 'object':
      return objectSchema(kind);
    case 'map':
      return {
        type: 'object',
        propertyNames: { pattern: kind.keys.pattern },
        additionalProperties: schemaOf(kind.values),
      };
    default:
      return kind satisfies never;
  }
}

/** A number is a text too, `version: 20.10`, and so are true and false. A pattern concerns texts alone. */
function textSchema(pattern: string | undefined): JsonSchema {
  const type = ['string', 'number', 'boolean'];
  return pattern === undefined ? { type } : { type, pattern: `${pattern}|${SUBSTITUTION}` };
}

function listSchema(kind: ListKind): JsonSchema {
  const list = { type: 'array', items: schemaOf(kind.items) };
  return kind.commaSeparated ? { anyOf: [list, { type: 'string' }] } : list;
}

function objectSchema(kind: ObjectKind): JsonSchema {
  const fields = Object.entries(kind.fields);
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

function fieldSchema(field: Field): JsonSchema {
  const examples = field.of.kind === 'text' ? { examples: field.of.format.examples } : {};
  const fallback = field.fallback === undefined ? {} : { default: field.fallback };
  return { description: field.description, ...schemaOf(field.of), ...fallback, ...examples };
}
