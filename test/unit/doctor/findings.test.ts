import { describe, expect, it } from 'vitest';
import { diagnosisText } from '../../../src/doctor/diagnosis-text.js';
import { type Answer, parseAnswers } from '../../../src/doctor/examine.js';
import { diagnose } from '../../../src/doctor/findings.js';
import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import { sh } from '../../../src/shell/script.js';

const remedy = { kind: 'manual', risk: 'None.', steps: ['mend it'] } as const;
const common = {
  stage: 'hosts',
  meaning: 'It is so.',
  versions: 'all',
  preventedBy: [],
  remedy,
  source: 'a test',
};
const PROBED: Pitfall = { ...common, id: 'probed', title: 'One', symptoms: [/one failed/], probe: sh`:` };
const LOGGED: Pitfall = {
  ...common,
  id: 'logged',
  title: 'Two',
  symptoms: [/two failed/],
  noProbe: 'a test',
};
const ASKED: Pitfall = {
  ...common,
  id: 'asked',
  title: 'Three',
  symptoms: [],
  clusterProbe: { asks: ['kubernetes'], script: sh`:` },
};
const PITFALLS = [PROBED, LOGGED];

const probe = (code: number, ...lines: string[]): Answer => ({ kind: 'probe', name: 'probed', lines, code });
const log = (...lines: string[]): Answer => ({ kind: 'log', name: 'kubelet.service', lines, code: 0 });
const access = (code: number, ...lines: string[]): Answer => ({
  kind: 'access',
  name: 'kubernetes',
  lines,
  code,
});
const NONE = new Map<string, readonly Answer[]>();
const of = (...answers: Answer[]) =>
  diagnose({ hosts: new Map([['node1', answers]]), clusters: NONE, operator: NONE }, PITFALLS);
const ofCluster = (own: Answer[], ...answers: Answer[]) =>
  diagnose({ hosts: new Map([['node1', own]]), clusters: new Map([['node1', answers]]), operator: NONE }, [
    ASKED,
  ]);

describe('diagnose', () => {
  it('finds what a probe found, with its evidence', () => {
    const { findings, well } = of(probe(1, 'it is broken'));
    expect(findings.map(({ pitfall }) => pitfall.id)).toEqual(['probed']);
    expect(findings[0]?.evidence).toEqual([{ host: 'node1', where: 'probe', lines: ['it is broken'] }]);
    expect(well).toEqual([]);
  });

  it('finds by a log what no probe asks for', () => {
    const { findings } = of(probe(0), log('ordinary', 'two failed'));
    expect(findings.map(({ pitfall }) => pitfall.id)).toEqual(['logged']);
    expect(findings[0]?.evidence).toEqual([
      { host: 'node1', where: 'kubelet.service', lines: ['two failed'] },
    ]);
  });

  it('takes what a log tells for past where the probe is well', () => {
    const { findings, past, well } = of(probe(0), log('one failed'));
    expect(findings).toEqual([]);
    expect(past.map(({ pitfall }) => pitfall.id)).toEqual(['probed']);
    expect(well).toEqual(['probed']);
  });

  it('says which probes could not tell', () => {
    const { findings, unclear } = of(probe(124, 'no answer'));
    expect(findings).toEqual([]);
    expect(unclear).toEqual([{ host: 'node1', where: 'probed', lines: ['no answer'] }]);
  });
});

describe('diagnose of a cluster', () => {
  it('finds what the cluster told, and says that it is of the cluster', () => {
    const told: Answer = { kind: 'probe', name: 'asked', lines: ['a pod waits'], code: 1 };
    const { findings, unasked } = ofCluster([access(0)], told);
    expect(findings[0]?.evidence).toEqual([{ host: 'node1', where: 'cluster', lines: ['a pod waits'] }]);
    expect(unasked).toEqual([]);
    expect(diagnosisText(ofCluster([access(0)], told), 1).join('\n')).toContain(
      'the cluster, asked on node1: a pod waits',
    );
  });

  it('counts what nobody could be asked for neither as well nor as found', () => {
    const diagnosis = ofCluster([access(1)]);
    expect(diagnosis).toMatchObject({ findings: [], well: [], unclear: [] });
    expect(diagnosis.unasked).toEqual([{ stages: ['kubernetes'], ids: ['asked'] }]);
  });

  it('says once when a cluster that is there does not answer', () => {
    const { unclear } = ofCluster([access(2, 'connection refused')]);
    expect(unclear).toEqual([
      { host: 'node1', where: 'the cluster of kubernetes', lines: ['connection refused'] },
    ]);
  });
});

describe("diagnose of the operator's machine", () => {
  it('tells what was seen there beside what hosts told', () => {
    const answers = new Map([['this machine', [probe(1, 'a proxy')]]]);
    const diagnosis = diagnose(
      { hosts: new Map([['node1', [probe(0)]]]), clusters: NONE, operator: answers },
      PITFALLS,
    );
    expect(diagnosis.findings.map(({ evidence }) => evidence)).toEqual([
      [{ host: 'this machine', where: 'probe', lines: ['a proxy'] }],
    ]);
    expect(diagnosis.well).toEqual([]);
  });
});

describe('the text of a diagnosis', () => {
  it('says what was found where, what it means and what to do', () => {
    const text = diagnosisText(of(probe(1, 'it is broken')), 1).join('\n');
    expect(text).toContain('probed: One\n  node1: it is broken\n  It is so.');
    expect(text).toContain('1. mend it');
    expect(text).toContain('1 pitfall found: probed');
  });

  it('says what was looked for and is well', () => {
    const text = diagnosisText(of(probe(0)), 1).join('\n');
    expect(text).toContain('1 pitfall looked for on 1 host and not found: probed');
    expect(text).toContain('Nothing is wrong');
  });
});

describe('parseAnswers', () => {
  it('reads probes and logs, whatever their lines look like', () => {
    const printed = 'probe a\n|end 1\n|probe b\nend 1\nlog kubelet.service\n|| x\nend 0\n';
    expect(parseAnswers(printed)).toEqual([
      { kind: 'probe', name: 'a', lines: ['end 1', 'probe b'], code: 1 },
      { kind: 'log', name: 'kubelet.service', lines: ['| x'], code: 0 },
    ]);
  });

  it('leaves out what was cut off', () => {
    expect(parseAnswers('probe a\n|x\n')).toEqual([]);
  });
});
