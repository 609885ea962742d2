/** Ours on a node: what kubeadm was told. */
export const OWN_FOLDER = '/etc/kubernetes/provision';
/** What `kubeadm init` is told. */
export const INIT_CONFIG = `${OWN_FOLDER}/kubeadm.yaml`;
/** kubeadm's patches of what it makes. */
export const PATCHES = `${OWN_FOLDER}/patches`;

/** Ids of tasks for which others wait. */
export const STATE = 'kubernetes-member-state';
export const PACKAGES = 'kubernetes-packages';
export const IMAGES = 'kubernetes-images';
export const INIT = 'kubeadm-init';
export const JOIN = 'kubeadm-join';
export const JOIN_DATA = 'kubeadm-join-data';

/** Output of STATE: `none`, `begun` or `member`, and the SHA-256 of the CA or `-`. */
export const MEMBERSHIP = 'kubernetes-membership';
/** Secret output of JOIN_DATA: token, hash of the CA's key, and the key of the certificates or `-`, in one line. */
export const JOINING = 'kubernetes-joining';
