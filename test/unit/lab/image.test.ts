import { describe, expect, it } from 'vitest';
import { type Archive, archivesFor, sourcesText } from '../../../src/lab/image.js';

const OWN: Archive[] = [
  { uri: 'http://mirror/debian/', suite: 'bookworm', components: ['main', 'contrib'] },
  { uri: 'http://mirror/debian/', suite: 'bookworm-updates', components: ['main'] },
  { uri: 'http://mirror/security/', suite: 'bookworm-security', components: ['main'] },
  { uri: 'https://deb.nodesource.com/node_20.x/', suite: 'nodistro', components: ['main'] },
];

describe('archivesFor', () => {
  it("takes the machine's own mirrors and leaves what is not Debian", () => {
    expect(archivesFor('bookworm', 'bookworm', OWN)).toEqual(OWN.slice(0, 3));
  });

  it('names another suite in their place', () => {
    expect(archivesFor('trixie', 'bookworm', OWN).map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://mirror/debian/ trixie',
      'http://mirror/debian/ trixie-updates',
      'http://mirror/security/ trixie-security',
    ]);
  });

  it('takes only the one archive that the rolling release has', () => {
    expect(archivesFor('sid', 'bookworm', OWN).map(({ suite }) => suite)).toEqual(['sid']);
  });

  it.each([
    ['is not Debian', undefined],
    ['names its archives otherwise', 'trixie'],
  ])("takes Debian's public archives where the machine %s", (_title, release) => {
    expect(archivesFor('bookworm', release, OWN).map(({ uri }) => uri)).toEqual([
      'http://deb.debian.org/debian/',
      'http://deb.debian.org/debian/',
      'http://deb.debian.org/debian-security/',
    ]);
  });
});

describe('sourcesText', () => {
  it('is a deb822 file', () => {
    expect(sourcesText(OWN.slice(0, 2))).toBe(`Types: deb
URIs: http://mirror/debian/
Suites: bookworm
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror/debian/
Suites: bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`);
  });
});
