import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { sh } from '../../src/shell/script.js';
import { DRAIN } from '../kubernetes/drain.js';
import {
  ENGINE_PROBE,
  MAY_UNLINK,
  REGISTRIES_PROBE,
  ROOT_KEY_PROBE,
  UNLINKING,
  VOLUMES_PROBE,
} from './probes.js';

/** How the engine itself, its settings and its volumes go wrong. */
export const pitfalls: readonly Pitfall[] = [
  {
    id: 'docker-insecure-registry',
    stage: 'docker',
    title: 'The engine asks for HTTPS where a registry speaks HTTP',
    meaning:
      'A registry answers in plain HTTP, and the engine speaks HTTPS to every registry that is not named in insecure-registries of daemon.json. It has to be named, as host:port, on every node that pulls from it.',
    versions: 'all',
    symptoms: [
      /server gave HTTP response to HTTPS client/,
      /Get \\?"?https:\S+\/v[12]\/\\?"?: tls: first record does not look like a TLS handshake/,
    ],
    probe: REGISTRIES_PROBE,
    preventedBy: ['docker-settings', 'kubernetes-containerd-config', 'kubernetes-registry-*'],
    remedy: {
      kind: 'automatic',
      risk: 'The engine restarts, and with it its containers. What goes to that registry can be read and changed on the way.',
      steps: [
        'Better: give the registry a certificate. Otherwise add its host:port to docker.insecureRegistries of the inventory.',
        'provision stage docker (with containerd as the runtime of Kubernetes: provision stage kubernetes)',
      ],
      cure: [{ stage: 'docker' }, { stage: 'kubernetes' }],
    },
    source: 'articles/001',
  },
  {
    id: 'docker-graph-key',
    stage: 'docker',
    title: 'daemon.json has a key that this engine does not know',
    meaning:
      'The key for the data root was "graph" until Docker 17.04 and is "data-root" since 17.05; Docker 23.0 no longer starts with the old one. It stayed behind when the engine was upgraded.',
    versions: 'Docker before 17.05 with data-root, from 23.0 on with graph',
    symptoms: [
      /the following directives don't match any configuration option: (?:graph|data-root)\b/,
      /unknown (?:key|flag|configuration option):? ["']?(?:graph|data-root|--graph)/i,
      /the following directives are specified both as a flag and in the configuration file: (?:graph|data-root)\b/,
    ],
    probe: ROOT_KEY_PROBE,
    preventedBy: ['docker-settings'],
    remedy: {
      kind: 'automatic',
      risk: 'The engine restarts, and with it its containers.',
      steps: ['provision stage docker'],
      cure: [{ stage: 'docker' }],
    },
    source: 'articles/001; docs.docker.com/engine/deprecated',
  },
  {
    id: 'docker-volume-inodes',
    stage: 'docker',
    title: 'A volume holds so many files that deleting it blocks the engine',
    meaning:
      'An image declares a VOLUME that a program fills with hundreds of thousands of files or folders. When the container goes, the engine deletes them under the lock of all volumes: pods stay in Terminating, new containers in Created, the disk is busy for hours.',
    versions: 'all, on ext4 above all',
    symptoms: [
      /volume\/service\.\(\*VolumesService\)\.(?:Create|Remove|Unmount)\(0x/,
      /volume\/local\.\(\*Root\)\.(?:Create|Get|Remove)\(0x/,
      // A folder that is itself larger than 10 MB.
      /^d[rwxsStT-]{9}[.+@]?\s+\d+\s+\S+\s+\S+\s+\d{8,}\s/,
      /\b(?:minutes|hours?|days|weeks) ago\s+Created\s+k8s_/,
      /daemon\.\(\*volumeWrapper\)\.Unmount\(/,
      /cleanup: Failed to umount volumes/,
    ],
    probe: VOLUMES_PROBE,
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'The pods of the node move to others, and the files in the volume are gone.',
      steps: [
        'Find the image: docker ps -a --filter volume=NAME, then docker image inspect IMAGE for its Volumes.',
        'kubectl drain NODE --ignore-daemonsets',
        'When nobody needs its files any more: delete the pod, then systemctl stop docker; find FOLDER -delete; systemctl start docker',
        'kubectl uncordon NODE',
        'Take the VOLUME out of the image, and give the program a Kubernetes volume that it empties itself.',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'Only files go that the engine is deleting already',
          commands: MAY_UNLINK,
        },
        {
          at: 'cluster',
          title: 'Pods leave the node',
          commands: sh`${DRAIN}
propose_drain "$@"`,
        },
        {
          at: 'hosts',
          title: 'What the engine is deleting goes at once, while the engine is stopped',
          commands: UNLINKING,
        },
        {
          at: 'cluster',
          title: 'The node takes pods again',
          commands: sh`${DRAIN}
propose_return "$@"`,
        },
      ],
    },
    source: 'articles/004',
  },
  {
    id: 'docker-apt-minimal',
    stage: 'docker',
    title: 'The engine does not start with the host, or has another cgroup driver than kubelet',
    meaning:
      'Packages differ in whether they enable the unit and in the cgroup driver that they preset. After a restart of the host the engine is then missing, or kubelet refuses to work with it.',
    versions: 'all',
    symptoms: [
      /kubelet cgroup driver: ["\\]*\w+["\\]* is different from docker cgroup driver: ["\\]*\w+/,
      /Cannot connect to the Docker daemon at unix:\/\/\/var\/run\/docker\.sock\. Is the docker daemon running\?/,
      /the engine does not (?:use the cgroup driver|keep its data in) \S+/,
    ],
    probe: ENGINE_PROBE,
    preventedBy: [
      'docker-packages',
      'docker-settings',
      'docker-service',
      'container-runs',
      'kubelet-config',
      'kubernetes-cgroup-driver',
    ],
    remedy: {
      kind: 'automatic',
      risk: 'The engine restarts, and with it its containers.',
      steps: ['provision stage docker', 'When it is kubelet that differs: provision stage kubernetes'],
      cure: [{ stage: 'docker' }, { stage: 'kubernetes' }],
    },
    source: 'articles/003',
  },
];
