import { describe, expect, it } from 'vitest';
import { knownHosts, readPeerKeys, sshConfig } from '../../../../../playbooks/ceph/ceph-deploy/ssh-client.js';
import { aHost } from '../../fixtures.js';

const node1 = aHost('node1', '10.0.0.11', ['mon']);
const KEYS = `port 22
ssh-ed25519 AAAAC3Nza root@node1
ecdsa-sha2-nistp256 AAAAE2Vj= root@node1
`;

describe('what a host tells of its sshd', () => {
  it('are its port and its keys, without their comments', () => {
    expect(readPeerKeys(node1, KEYS)).toEqual({
      host: node1,
      port: 22,
      keys: ['ssh-ed25519 AAAAC3Nza', 'ecdsa-sha2-nistp256 AAAAE2Vj='],
    });
  });

  it.each([
    ['port 2222\nport 22\n', 22],
    ['port 2222\n', 2222],
    ['', 22],
  ])('prefers the usual port: %j', (text, port) => {
    expect(readPeerKeys(node1, text).port).toBe(port);
  });

  it('takes no line for a key that is none', () => {
    expect(readPeerKeys(node1, 'ssh-ed25519\n# comment\nProxyCommand rm\n').keys).toEqual([]);
  });
});

describe('the files of ssh', () => {
  it('know each host by name and by address', () => {
    expect(knownHosts([readPeerKeys(node1, KEYS)])).toBe(
      'node1,10.0.0.11 ssh-ed25519 AAAAC3Nza\nnode1,10.0.0.11 ecdsa-sha2-nistp256 AAAAE2Vj=\n',
    );
  });

  it('name a port that is not the usual one', () => {
    const peer = readPeerKeys(node1, 'port 2222\nssh-ed25519 AAAAC3Nza\n');
    expect(knownHosts([peer])).toBe('[node1]:2222,[10.0.0.11]:2222 ssh-ed25519 AAAAC3Nza\n');
    expect(sshConfig([peer], 'cephd')).toContain('\n  Port 2222\n');
  });

  it('log in as the deploy user and accept no key unseen', () => {
    expect(sshConfig([readPeerKeys(node1, KEYS)], 'deploy')).toBe(`Host node1
  HostName 10.0.0.11
  Port 22
  User deploy
  IdentityFile ~/.ssh/id_ed25519
  IdentitiesOnly yes
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 10
  ServerAliveInterval 15
`);
  });
});
