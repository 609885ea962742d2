import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { file } from '../../../src/tasks/file.js';
import { service } from '../../../src/tasks/service.js';
import { dueAfter } from '../../due-after.js';
import type { NetworkContext } from '../context.js';
import { podMtu } from '../interfaces.js';
import { knownAfterSubnets } from '../known-after.js';
import { podSubnetOf } from '../subnets.js';
import {
  cniConfig,
  cniFile,
  DATA,
  forwardData,
  routesData,
  SCRIPT,
  SCRIPT_TEXT,
  UNIT,
  UNIT_FILE,
  UNIT_TEXT,
} from './files.js';

/** Pods of the host get addresses from its own part, and find those of other nodes by routes of the host. */
export function routeTasks(host: Host, context: NetworkContext): readonly Task[] {
  return [cniConfigFile(host, context), ...unitTasks(routesData(host, context))];
}

/** For a flannel that does not care for the FORWARD chain. */
export function forwardTasks(context: NetworkContext): readonly Task[] {
  return unitTasks(forwardData(context));
}

function cniConfigFile(host: Host, context: NetworkContext): Task {
  const { minor } = context.release;
  const path = cniFile(minor);
  const options = {
    id: 'network-cni-config',
    title: `${path} gives pods addresses of the host's own part`,
    prevents: ['cni-not-configured', 'cni-address-conflict'],
  };
  const subnet = podSubnetOf(host, context);
  if (subnet === undefined) return knownAfterSubnets(options);
  return file({ ...options, path, content: cniConfig(subnet, podMtu(host, context), minor), mode: '0644' });
}

function unitTasks(data: string | undefined): readonly Task[] {
  const wanted = { id: 'network-routes-data', title: `${DATA} names the nodes and what pods they have` };
  return [
    data === undefined
      ? knownAfterSubnets(wanted)
      : file({ ...wanted, path: DATA, content: data, mode: '0644' }),
    file({ id: 'network-routes-script', path: SCRIPT, content: SCRIPT_TEXT, mode: '0755' }),
    file({ id: 'network-routes-unit', path: UNIT_FILE, content: UNIT_TEXT, mode: '0644' }),
    dueAfter(
      ['network-routes-data'],
      command({
        id: 'network-routes',
        title: 'packets of pods find their way and are let through',
        prevents: ['network-cross-node'],
        check: sh`[ -x ${SCRIPT} ] && [ -r ${DATA} ] || { differs ${`${SCRIPT} has not run yet`}; exit 1; }
${SCRIPT} check || exit 1`,
        apply: sh`systemctl daemon-reload && systemctl restart ${UNIT}`,
      }),
    ),
    service({
      id: 'network-routes-service',
      unit: UNIT,
      enabled: true,
      running: true,
      after: ['network-routes-unit', 'network-routes'],
    }),
  ];
}
