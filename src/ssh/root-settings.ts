/** Whom scripts run as root for, and how. */
export interface RootSettings {
  /** The inventory name of the host. */
  readonly host: string;
  readonly user: string;
  readonly sudoPassword: string | undefined;
}
