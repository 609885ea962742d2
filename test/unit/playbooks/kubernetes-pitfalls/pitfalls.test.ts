import { describe, expect, it } from 'vitest';
import { pitfalls } from '../../../../playbooks/kubernetes/pitfalls.js';
import { matchPitfall } from '../../../../src/pitfalls/match.js';
import { KUBERNETES_LINES } from './lines.js';

describe('the pitfalls of Kubernetes', () => {
  it.each(
    Object.entries(KUBERNETES_LINES).flatMap(([id, lines]) => lines.map((line) => [id, line] as const)),
  )('knows %s by "%s"', (id, line) => expect(matchPitfall([line], pitfalls)?.id).toBe(id));

  it('are all known by lines, and leave ordinary ones alone', () => {
    expect(pitfalls.map(({ id }) => id).toSorted()).toEqual(Object.keys(KUBERNETES_LINES).toSorted());
    const ordinary = [
      '[preflight] Running pre-flight checks',
      'waiting for daemonset kube-system/kube-flannel-ds: 0 of 3 pods are ready (5 of 300 s)',
      'Your Kubernetes control-plane has initialized successfully!',
      'node1   Ready    control-plane,master   34s   v1.20.2',
      'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout',
      'namespace/kube-flannel unchanged',
    ];
    expect(matchPitfall(ordinary, pitfalls)).toBeUndefined();
  });
});
