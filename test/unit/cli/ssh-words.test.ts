import { expect, it } from 'vitest';
import { sshWords } from '../../../src/cli/ssh-words.js';
import type { Host, SshSettings } from '../../../src/inventory/inventory.js';
import { inventoryHost } from '../../support/inventory-host.js';

function hostWith(ssh: Partial<SshSettings>): Host {
  return inventoryHost('node1', '10.0.0.11', { ssh });
}

it('says no more than the inventory does: the rest is for the ssh configuration', () => {
  expect(sshWords(hostWith({}), '/home/me')).toEqual(['-o', 'ConnectTimeout=10', '--', '10.0.0.11']);
});

it('says all that the inventory says, and no secret', () => {
  const words = sshWords(
    hostWith({
      port: 2222,
      user: 'deploy',
      identityFile: '~/keys/id',
      knownHostsFile: '~/keys/known',
      proxyJump: ['a@jump:22', 'inner'],
      password: 'pw',
      passphrase: 'pp',
      sudoPassword: 'sp',
    }),
    '/home/me',
  );
  expect(words.join(' ')).toBe(
    '-p 2222 -l deploy -i /home/me/keys/id -J a@jump:22,inner -o UserKnownHostsFile=/home/me/keys/known -o ConnectTimeout=10 -- 10.0.0.11',
  );
});

it('takes no other key than the pinned one, whatever known_hosts says', () => {
  const words = sshWords(hostWith({ hostKey: 'SHA256:abc', knownHostsFile: '/keys/known' }), '/home/me');
  expect(words.join(' ')).toContain('SHA256:abc');
  expect(words).toContain('UserKnownHostsFile=/dev/null');
  expect(words).not.toContain('UserKnownHostsFile=/keys/known');
});
