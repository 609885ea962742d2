import { describe, expect, it } from 'vitest';
import type { Host, SshSettings } from '../../../src/inventory/inventory.js';
import { ProvisionError } from '../../../src/errors.js';
import type { SshConfig } from '../../../src/ssh/ssh-config.js';
import { parseHop, resolveTarget, type TargetContext } from '../../../src/ssh/target.js';
import { inventoryHost } from '../../support/inventory-host.js';

const NOTHING: SshConfig = {
  hostName: '',
  user: undefined,
  port: undefined,
  identityFiles: ['/home/op/.ssh/id_ed25519'],
  identitiesOnly: false,
  identityAgent: undefined,
  proxyJump: [],
  proxyCommand: undefined,
  hostKeyAlias: undefined,
  userKnownHostsFiles: ['/home/op/.ssh/known_hosts'],
  globalKnownHostsFiles: [],
};

function host(ssh: Partial<SshSettings> = {}): Host {
  return inventoryHost('node1', '10.0.0.1', { ssh: { host: 'node1.example', ...ssh } });
}

function context(configs: Readonly<Record<string, Partial<SshConfig>>> = {}): TargetContext {
  return {
    localUser: 'op',
    agent: '/run/agent',
    home: '/home/op',
    readConfig: async (name) => ({ ...NOTHING, hostName: name, ...configs[name] }),
  };
}

describe('where and how to log in', () => {
  it('has defaults', async () => {
    expect(await resolveTarget(host(), context())).toMatchObject({
      host: 'node1',
      label: 'node1',
      address: 'node1.example',
      port: 22,
      user: 'op',
      agent: '/run/agent',
      timeout: 10_000,
      knownAs: { host: 'node1.example', port: 22 },
      jumps: [],
    });
  });

  it('takes the ssh configuration where the inventory says nothing, and the inventory before it', async () => {
    const configured = context({
      'node1.example': { hostName: '10.9.9.9', user: 'conf', port: 2200, identityAgent: 'none' },
    });
    expect(await resolveTarget(host(), configured)).toMatchObject({
      address: '10.9.9.9',
      user: 'conf',
      port: 2200,
      agent: undefined,
    });
    const written = host({ user: 'inv', port: 22, identityFile: '~/key', knownHostsFile: '~/kh' });
    expect(await resolveTarget(written, configured)).toMatchObject({
      user: 'inv',
      port: 22,
      identityFiles: ['/home/op/key'],
      requiredIdentity: '/home/op/key',
      knownHostsFiles: ['/home/op/kh'],
    });
  });

  it('looks an alias up in known_hosts without a port', async () => {
    const target = await resolveTarget(
      host({ port: 2222 }),
      context({ 'node1.example': { hostKeyAlias: 'alias' } }),
    );
    expect(target.knownAs).toEqual({ host: 'alias', port: 22 });
  });

  it('puts hops in order, each with the hops before it, and keeps secrets from them', async () => {
    const written = host({
      proxyJump: ['a@one:2201', 'two'],
      password: 'p',
      hostKey: 'SHA256:x',
      passphrase: 'q',
    });
    const { jumps } = await resolveTarget(written, context({ two: { hostName: '10.0.0.2', user: 'conf' } }));
    expect(jumps.map(({ label, address, port, user }) => [label, address, port, user])).toEqual([
      ['jump host one', 'one', 2201, 'a'],
      ['jump host two', '10.0.0.2', 22, 'conf'],
    ]);
    expect(jumps[1]?.jumps).toEqual([jumps[0]]);
    expect(jumps.map(({ password, pinnedKey }) => [password, pinnedKey])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('follows the hops of the first hop in the ssh configuration', async () => {
    const { jumps } = await resolveTarget(
      host({ proxyJump: ['two'] }),
      context({ two: { proxyJump: ['one'] } }),
    );
    expect(jumps.map(({ address }) => address)).toEqual(['one', 'two']);
  });

  it('does not go round in circles', async () => {
    const circle = resolveTarget(host({ proxyJump: ['one'] }), context({ one: { proxyJump: ['one'] } }));
    await expect(circle).rejects.toMatchObject({ code: 'SSH_CONFIG', exitCode: 2, host: 'node1' });
  });

  it('suggests the other transport for proxy commands', async () => {
    const error: unknown = await resolveTarget(
      host(),
      context({ 'node1.example': { proxyCommand: 'nc' } }),
    ).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProvisionError);
    expect(error).toMatchObject({
      code: 'SSH_UNSUPPORTED',
      hint: 'Set "transport: openssh" in the ssh settings of node1.',
    });
  });
});

describe('a hop', () => {
  it.each([
    ['bastion', undefined, 'bastion', undefined],
    ['me@bastion', 'me', 'bastion', undefined],
    ['me@bastion:2222', 'me', 'bastion', 2222],
    ['me@corp@bastion', 'me@corp', 'bastion', undefined],
    ['[fe80::1]:2222', undefined, 'fe80::1', 2222],
    ['me@[fe80::1]', 'me', 'fe80::1', undefined],
    ['fe80::1', undefined, 'fe80::1', undefined],
    ['ssh://me@bastion:22/', 'me', 'bastion', 22],
  ])('%s', (written, user, name, port) => {
    expect(parseHop(written)).toEqual({ user, host: name, port });
  });
});
