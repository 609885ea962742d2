import { describe, expect, it } from 'vitest';
import { indexText, namesOf, parseIndex } from '../../../../src/lab/kubernetes/image-names.js';
import { IMAGES } from '../../../../src/lab/kubernetes/recipe.js';

/** What `kubeadm config images list --kubernetes-version v1.20.2` prints, with another registry. */
const WANTED = [
  'registry.example/kube-apiserver:v1.20.2',
  'registry.example/kube-controller-manager:v1.20.2',
  'registry.example/kube-scheduler:v1.20.2',
  'registry.example/kube-proxy:v1.20.2',
  'registry.example/pause:3.2',
  'registry.example/etcd:3.4.13-0',
  'registry.example/coredns:1.7.0',
];

describe('namesOf', () => {
  it.each([
    ['etcd', ['registry.example/etcd:3.4.13-0']],
    ['kube-proxy', ['registry.example/kube-proxy:v1.20.2']],
    ['flannel', []],
  ])('gives %s its names', (image, names) => {
    expect(namesOf(image, WANTED)).toEqual(names);
  });

  it('does not take a port for a tag, nor a folder for an image', () => {
    expect(
      namesOf('coredns', ['registry:5000/coredns/coredns:v1.9.3', 'registry:5000/coredns/other']),
    ).toEqual(['registry:5000/coredns/coredns:v1.9.3']);
  });

  it('finds an image in the recipe for each name that kubeadm wants', () => {
    const found = IMAGES.flatMap(({ image }) => namesOf(image, WANTED));
    expect(found.toSorted()).toEqual(WANTED.toSorted());
  });
});

describe('the index of images', () => {
  it('is read as it was written', () => {
    const index = new Map([
      ['registry.example/pause:3.2', 'pause.tar'],
      ['busybox:1.35', 'busybox.tar'],
    ]);
    expect(indexText(index)).toBe('registry.example/pause:3.2 pause.tar\nbusybox:1.35 busybox.tar\n');
    expect(parseIndex(indexText(index))).toEqual(index);
  });

  it('is empty for an empty text', () => {
    expect(parseIndex('')).toEqual(new Map());
  });
});
