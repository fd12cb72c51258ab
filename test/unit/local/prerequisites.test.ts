import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const load = createRequire(import.meta.url);
const { nodeProblem } = load('../../../local/setup/prerequisites.cjs');
const { choosePython } = load('../../../local/setup/python-choice.cjs');

const python = (command: string, major: number, minor: number, venv = true) => ({
  command,
  version: [major, minor],
  venv,
});

describe('the Node that a user has', () => {
  it.each(['20.0.0', '22.4.1', '24.21.0', '100.0.0'])('may be %s', (version) => {
    expect(nodeProblem(version, 'linux')).toBeUndefined();
  });

  it.each(['12.22.12', '18.20.4', '19.9.0'])('may not be %s, and the sentence says what is needed', (version) => {
    expect(nodeProblem(version, 'darwin')).toMatch(new RegExp(`Node 20 or newer.*this is Node ${version}`));
  });

  it('is not enough on Windows itself', () => {
    expect(nodeProblem('24.0.0', 'win32')).toMatch(/WSL/);
  });
});

describe('the Python that a user has', () => {
  it('is the first that is new enough and can make environments', () => {
    const found = [python('python3', 3, 9), python('python3.13', 3, 13, false), python('python3.12', 3, 12)];
    expect(choosePython(found)).toEqual({ command: 'python3.12' });
  });

  it.each([
    ['is missing', [], /needs Python 3\.10 or newer.* no Python was found/],
    ['is too old', [python('python3', 3, 9), python('python', 2, 7)], /python3 is 3\.9, python is 2\.7/],
    ['has no venv', [python('python3', 3, 11, false)], /"python3 -m venv", which is missing.*python3-venv/],
  ])('%s: one sentence says so', (_what, found, sentence) => {
    const problem = expect.stringMatching(sentence);
    expect(choosePython(found)).toEqual({ problem });
    expect(JSON.stringify(choosePython(found))).not.toContain('\\n');
  });
});
