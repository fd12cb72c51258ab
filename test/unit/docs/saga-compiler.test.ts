import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SagaDefinition } from '../../../functions/contracts/api/saga-definition.ts';
import { compileSaga } from '../../../functions/contracts/sagas/compile-saga.ts';
import type { AslMachine, Call } from '../../support/infra/asl-walk.ts';
import { StepFailure, walk } from '../../support/infra/asl-walk.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PAGE = join(ROOT, 'docs', 'saga-compiler.md');
const page = readFileSync(PAGE, 'utf8');
const guide = readFileSync(join(ROOT, 'docs', 'guides', 'run-sagas.md'), 'utf8');

const [definition, machine, ...others] = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) =>
  JSON.parse(text),
);
const { States } = machine as AslMachine;

/** The cells of the rows of a section's table, without its head. */
function tableOf(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('the page on the compiler of sagas', () => {
  it('has the machine that its definition compiles to', () => {
    expect(others).toEqual([]);
    const compiled = compileSaga(SagaDefinition.parse(definition), { service: () => 'service', close: 'close' });
    expect(machine).toEqual(JSON.parse(JSON.stringify(compiled)));
    expect(Object.keys(States)).toEqual(Object.keys(compiled.States));
  });

  it('takes the definition of the guide', () => {
    const sent = /\/saga-definitions\/order .* -d '(\{[\s\S]*?^\})'$/m.exec(guide)?.[1] ?? '';
    expect(JSON.parse(sent)).toEqual(definition);
  });

  it('goes through every state', () => {
    const told = tableOf('State by state').map(([name]) => namesIn(name)[0]);
    expect(told).toEqual(Object.keys(States));
  });

  it('gives a reason for each retry, in their order', () => {
    const told = tableOf('Retries').map(([error]) => namesIn(error));
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual(States.reserve?.Retry?.map(({ ErrorEquals }) => ErrorEquals));
  });

  const ways = tableOf('The ways through it').map(([what = '', startAt, fails, states]) => {
    return { what, startAt: namesIn(startAt)[0], failing: namesIn(fails)[0], states: namesIn(states) };
  });

  it.each(ways)('tells rightly where the machine goes: $what', async ({ startAt, failing, states }) => {
    const input = { sagaId: 'saga_1', cause: 'ABORTED', ...(startAt !== undefined && { startAt }) };
    const { entered } = await walk(machine, input, ({ state }: Call) => {
      if (state === failing) throw new StepFailure('STEP_FAILED');
      return { ok: true };
    });
    expect(entered).toEqual(states);
  });

  it('leaves out no state that an execution can begin at', () => {
    const named = new Set(ways.map(({ startAt }) => startAt));
    const begun = States['Start saga']?.Choices?.map(({ Next }) => Next) ?? [];
    expect(begun.length).toBeGreaterThan(0);
    expect(begun.filter((name) => !named.has(name))).toEqual([]);
  });

  it('names no file and links to no page that is not there', () => {
    const files = [...page.matchAll(/`((?:functions|test)\/[\w./-]+)`/g)].map(([, path = '']) => join(ROOT, path));
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = '']) => join(dirname(PAGE), path));
    expect([files.length > 0, links.length > 0]).toEqual([true, true]);
    expect([...files, ...links].filter((path) => !existsSync(path))).toEqual([]);
  });
});
