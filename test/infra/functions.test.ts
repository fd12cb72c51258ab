import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENV } from '../../functions/contracts/env.ts';
import { references } from '../support/infra/references.ts';
import type { Resource, StageName } from '../support/infra/synthesized.ts';
import { resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';

const FUNCTIONS = join(import.meta.dirname, '..', '..', 'functions');

/** CDK's own helper that empties the bucket on `cdk destroy`: the one function that is not ours. */
const EMPTIER = /^CustomS3AutoDeleteObjectsCustomResourceProviderHandler[0-9A-F]{8}$/;

/** Ours by handler. */
function functionsOf(stage: StageName): [string, Resource][] {
  const app = synthesized(stage);
  return resourcesOf(app, 'AWS::Lambda::Function')
    .filter(([id]) => id in app.handlers)
    .map(([id, fn]) => [app.handlers[id] as string, fn]);
}

describe.each(STAGES)('in %s', (stage) => {
  it('every handler has its function, and every function its handler', () => {
    const written = globSync('**/*.handler.ts', { cwd: FUNCTIONS });
    expect(written.length).toBeGreaterThan(0);
    expect(Object.values(synthesized(stage).handlers).sort()).toEqual(written.sort());
  });

  it('no function is foreign, but for the helper that empties the bucket in dev', () => {
    const app = synthesized(stage);
    const foreign = resourcesOf(app, 'AWS::Lambda::Function').filter(([id]) => !(id in app.handlers));
    expect(foreign.map(([id]) => id)).toEqual(stage === 'dev' ? [expect.stringMatching(EMPTIER)] : []);
  });
});

describe.each(functionsOf('dev'))('the function of %s', (handler, { Properties }) => {
  it('runs on Node 24, on arm64, traced', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      Handler: 'index.handler',
    });
  });

  it('ends before the gateway gives up, where it serves the API', () => {
    // API Gateway waits 29 s; the authorizer runs within the same wait.
    const most = /-api\.handler\.ts$|authorize/.test(handler) ? 28 : 900;
    expect(Properties.Timeout).toBeGreaterThan(0);
    expect(Properties.Timeout).toBeLessThanOrEqual(most);
  });

  it('says what it does', () => {
    expect(Properties.Description).toMatch(/\S+ \S+/);
  });

  it('writes to a log group of its own that forgets', () => {
    const app = synthesized('dev');
    const read = references(app);
    const group = read(Properties.LoggingConfig.LogGroup);
    const [, logs] = resourcesOf(app, 'AWS::Logs::LogGroup').find(([id]) => id === group) ?? [];
    expect(logs?.Properties.RetentionInDays).toBe(7);
    const users = functionsOf('dev').filter(([, one]) => read(one.Properties.LoggingConfig.LogGroup) === group);
    expect(users.map(([user]) => user)).toEqual([handler]);
  });

  it('gets variables of our list only', () => {
    const names: string[] = Object.values(ENV);
    expect(Object.keys(Properties.Environment.Variables).filter((name) => !names.includes(name))).toEqual([]);
  });
});
