import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { INIT, JOIN } from './constants.js';

/** Shell functions `print_certificates ROOT` and `note_endings ROOT SECONDS`. */
export const CERTIFICATES = rawScript(readFileSync(new URL('./certificates.sh', import.meta.url), 'utf8'));

const DAY = 86_400;
/** kubeadm's certificates are good for a year, and renewed by its upgrades: a month is time enough to plan one. */
const NEAR = 30 * DAY;

/** How they are made anew; kubelet renews its own. */
const RENEWAL =
  'kubeadm certs renew all (before 1.20: kubeadm alpha certs renew all) on each control plane, then start its pods anew';

/** Certificates of a control plane that end soon are told of, and never renewed by `up`: its pods have to start anew for that. */
export function certificateNotes(): Task {
  return command({
    id: 'kubernetes-certificates',
    title: 'certificates that end within a month are told of',
    after: [INIT, JOIN],
    check: sh`${CERTIFICATES}
note_endings '' ${[NEAR, RENEWAL]}`,
  });
}

/** A certificate as `print_certificates` tells it. */
export interface PrintedCertificate {
  /** Path of its file. */
  readonly path: string;
  /** Base64 of DER, or of a whole PEM as in a kubeconfig. */
  readonly data: string;
}

/** Sentences about the certificates that have ended, or end within a month. `now` is in seconds since 1970. */
export function endingCertificates(all: readonly PrintedCertificate[], now: number): readonly string[] {
  const near = all.flatMap(({ path, data }) => {
    const end = endOf(data);
    return end === undefined || end > now + NEAR ? [] : [{ path, end }];
  });
  return [
    ...near.map(({ path, end }) => `the certificate in ${path} ${when(end, now)}`),
    ...(near.length === 0 ? [] : [`to renew them: ${RENEWAL}`]),
  ];
}

function when(end: number, now: number): string {
  const date = new Date(end * 1000).toISOString().slice(0, 10);
  const days = Math.floor((end - now) / DAY);
  return end <= now ? `ended on ${date}` : `ends on ${date}, in ${days} ${days === 1 ? 'day' : 'days'}`;
}

/** Seconds since 1970; undefined for what is no certificate. */
function endOf(data: string): number | undefined {
  try {
    const bytes = Buffer.from(data, 'base64');
    return Math.floor(new Date(new X509Certificate(bytes).validTo).getTime() / 1000);
  } catch {
    return undefined;
  }
}
