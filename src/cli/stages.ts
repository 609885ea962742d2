/** Stage names for help and completion, kept apart from the playbooks so that neither has to be loaded for them. */
export const STAGES = ['hosts', 'docker', 'kubernetes', 'ceph', 'network'] as const;
