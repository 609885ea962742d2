import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { DATA_ROOT_FUNCTIONS } from './data-root.js';
import { DAEMON_JSON } from './settings.js';

/** How the engine itself, its settings and its volumes go wrong. */
export const pitfalls: readonly Pitfall[] = [
  {
    id: 'docker-insecure-registry',
    stage: 'docker',
    title: 'The engine asks for HTTPS where a registry speaks HTTP',
    meaning:
      'A registry answers in plain HTTP, and the engine speaks HTTPS to every registry that is not named in insecure-registries of daemon.json. It has to be named, as host:port, on every node that pulls from it.',
    symptoms: [/server gave HTTP response to HTTPS client/],
    probe: sh`command -v journalctl >/dev/null 2>&1 || exit 0
found=$(timeout 20 journalctl -u docker.service --since=-1h -n 2000 -o cat | grep 'HTTP response to HTTPS client' | tail -n 3)
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }`,
    preventedBy: ['docker-settings', 'kubernetes-containerd-config', 'kubernetes-registry-*'],
    remedy: {
      kind: 'automatic',
      risk: 'The engine restarts, and with it its containers. What goes to that registry can be read and changed on the way.',
      steps: [
        'Better: give the registry a certificate. Otherwise add its host:port to docker.insecureRegistries of the inventory.',
        'provision stage docker',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'docker-graph-key',
    stage: 'docker',
    title: 'daemon.json has a key that this engine does not know',
    meaning:
      'The key for the data root was "graph" until Docker 17.04 and is "data-root" since 17.05; Docker 23.0 no longer starts with the old one. It stayed behind when the engine was upgraded.',
    symptoms: [
      /the following directives don't match any configuration option: (?:graph|data-root)\b/,
      /unknown (?:key|flag|configuration option):? ["']?(?:graph|data-root|--graph)/i,
      /the following directives are specified both as a flag and in the configuration file: (?:graph|data-root)\b/,
    ],
    probe: sh`[ -r ${DAEMON_JSON} ] && command -v dockerd >/dev/null 2>&1 || exit 0
grep -q '"graph"[[:space:]]*:' ${DAEMON_JSON} || exit 0
version=$(dockerd --version)
version=${rawScript('${version#Docker version }')}
case ${rawScript('${version%%.*}')} in
  1 | 17 | 18 | 19 | 20) exit 0 ;;
esac
echo ${`${DAEMON_JSON} has the key "graph", and the engine is `}"$version"
exit 1`,
    preventedBy: ['docker-settings'],
    remedy: {
      kind: 'automatic',
      risk: 'The engine restarts, and with it its containers.',
      steps: ['provision stage docker'],
    },
    source: 'articles/001; docs.docker.com/engine/deprecated',
  },
  {
    id: 'docker-volume-inodes',
    stage: 'docker',
    title: 'A volume holds so many files that deleting it blocks the engine',
    meaning:
      'An image declares a VOLUME that a program fills with hundreds of thousands of files or folders. When the container goes, the engine deletes them under the lock of all volumes: pods stay in Terminating, new containers in Created, the disk is busy for hours.',
    symptoms: [
      /volume\/service\.\(\*VolumesService\)\.Unmount\(/,
      /daemon\.\(\*volumeWrapper\)\.Unmount\(/,
      /cleanup: Failed to umount volumes/,
    ],
    probe: sh`${DATA_ROOT_FUNCTIONS}
current_root ${DAEMON_JSON}
[ -d "$CURRENT/volumes" ] || exit 0
found=$(timeout 60 find "$CURRENT/volumes" -mindepth 1 -maxdepth 6 -type d \( -size +20480 -o -links 1 -fstype ext4 \) -print -prune)
[ -z "$found" ] || { printf 'huge folder in a volume: %s\n' "$found"; exit 1; }`,
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'The pods of the node move to others, and the files in the volume are gone.',
      steps: [
        'Find the image: docker ps -a --filter volume=NAME, then docker image inspect IMAGE for its Volumes.',
        'kubectl drain NODE --ignore-daemonsets',
        'systemctl stop docker; find FOLDER -delete; systemctl start docker',
        'kubectl uncordon NODE',
        'Take the VOLUME out of the image, and give the program a Kubernetes volume that it empties itself.',
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
    symptoms: [
      /kubelet cgroup driver: ["\\]*\w+["\\]* is different from docker cgroup driver: ["\\]*\w+/,
      /Cannot connect to the Docker daemon at unix:\/\/\/var\/run\/docker\.sock\. Is the docker daemon running\?/,
      /the engine does not (?:use the cgroup driver|keep its data in) \S+/,
    ],
    probe: sh`command -v docker >/dev/null 2>&1 || exit 0
status=0
systemctl -q is-enabled docker.service || { echo 'docker.service does not start with the host'; status=1; }
driver=$(timeout 20 docker info 2>/dev/null | sed -n 's/^ *Cgroup Driver: *\([a-z]*\).*/\1/p')
kubelet=$(sed -n 's/^cgroupDriver: *//p' /var/lib/kubelet/config.yaml 2>/dev/null)
if [ -n "$driver" ] && [ -n "$kubelet" ] && [ "$driver" != "$kubelet" ]; then
  echo "the engine has the cgroup driver $driver, kubelet has $kubelet"
  status=1
fi
exit "$status"`,
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
      steps: ['provision stage docker'],
    },
    source: 'articles/003',
  },
];
