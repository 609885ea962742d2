import { describe, expect, it } from 'vitest';
import { assertUnchanged, type PlannedTask, parseSavedPlan } from '../../../src/engine/saved-plan.js';

const task: PlannedTask = {
  stage: 'docker',
  play: 'engine',
  host: 'node1',
  task: 'docker-packages',
  title: 'docker.io is installed',
  status: 'change',
  scripts: 'abc',
};

describe('a saved plan', () => {
  it('is applied when the hosts are as they were', () => {
    expect(() => assertUnchanged([task], [{ ...task }])).not.toThrow();
  });

  it.each([
    ['the state has moved on', { ...task, status: 'ok' as const }, 'was "change" and is "ok"'],
    ['the inventory has changed', { ...task, scripts: 'xyz' }, 'would do something else than planned'],
    ['there is another task', { ...task, task: 'docker-service' }, 'was not in the plan'],
  ])('is refused when %s', (_reason, now, message) => {
    expect(() => assertUnchanged([task], [now])).toThrow(message);
  });

  it('is refused when a host of the plan cannot be seen', () => {
    expect(() => assertUnchanged([task], [])).toThrow('node1: docker/docker-packages is no longer there');
  });

  it.each(['', '{}', '[1]', '{"version":2,"tasks":[]}'])('is not read from %j', (text) => {
    expect(() => parseSavedPlan(text, 'plan.json')).toThrow('plan.json is not a plan saved by');
  });
});
