import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EnvName } from '../../functions/contracts/env.ts';
import { ENV } from '../../functions/contracts/env.ts';
import type { Bundle } from '../support/bundles.ts';
import { bundled } from '../support/bundles.ts';
import { resourcesOf, synthesized } from '../support/synthesized.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const app = synthesized('dev');
const functions = Object.entries(app.handlers).map(([id, handler]) => ({ id, handler }));
const WITH_S3 = ['agents/handlers/scaffold-agent', 'agents/handlers/agent-service', 'storage/handlers/storage-service'];

const DYNAMODB = "import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';";
const S3 = "import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';";
const PUT_ITEM = 'new DynamoDBClient({}).send(new PutItemCommand(event))';
const PUT_OBJECT = 'new S3Client({}).send(new PutObjectCommand(event))';

/** The least that a function with one SDK client can be. */
const ONE_CLIENT = `${DYNAMODB}\nexport const handler = (event) => ${PUT_ITEM};`;
const TWO_CLIENTS = `${DYNAMODB}${S3}\nexport const handler = (event) => [${PUT_ITEM}, ${PUT_OBJECT}];`;

const bundles: Record<string, Bundle> = {};
let baselines: { oneClient: number; withS3: number };

beforeAll(async () => {
  for (const { handler } of functions) bundles[handler] = await bundled({ handler });
  const [oneClient, withS3] = [await bundled({ code: ONE_CLIENT }), await bundled({ code: TWO_CLIENTS })];
  baselines = { oneClient: oneClient.bytes, withS3: withS3.bytes };
});

const bundleOf = (handler: string): Bundle => bundles[handler] as Bundle;
const isApi = ({ handler }: { handler: string }): boolean => handler.endsWith('-api.handler.ts');

it('the baseline is a real SDK client, or the budgets would mean nothing', () => {
  expect(baselines.oneClient).toBeGreaterThan(200_000);
  expect(baselines.withS3).toBeGreaterThan(baselines.oneClient);
});

describe.each(functions.filter((one) => !isApi(one)))('$handler, which waits for events,', ({ handler }) => {
  it('is at most 1.3 times a function with its SDK client alone', () => {
    const usesS3 = WITH_S3.includes(handler.replace('.handler.ts', ''));
    const baseline = usesS3 ? baselines.withS3 : baselines.oneClient;
    expect(bundleOf(handler).bytes / baseline).toBeLessThanOrEqual(1.3);
  });

  it('carries no zod: stored events are ours and are read by name', () => {
    expect(bundleOf(handler).inputs.filter((path) => path.includes('node_modules/zod/'))).toEqual([]);
  });
});

describe.each(functions.filter(isApi))('$handler, which answers callers,', ({ handler }) => {
  it('is at most 900 KB', () => {
    expect(bundleOf(handler).bytes).toBeLessThanOrEqual(900_000);
  });

  it('carries zod without the languages that nobody asked for', () => {
    const zod = bundleOf(handler).inputs.filter((path) => path.includes('node_modules/zod/'));
    expect(zod.length).toBeGreaterThan(0);
    expect(zod.filter((path) => path.includes('/locales/') && !path.endsWith('/en.js'))).toEqual([]);
  });
});

it('the look for languages would find them: the named import brings them all', async () => {
  const { inputs } = await bundled({ code: "import { z } from 'zod';\nexport const handler = () => z.string();" });
  expect(inputs.filter((path) => path.includes('/locales/')).length).toBeGreaterThan(20);
});

/** The variables that a bundle's own files demand at their start. */
function demanded({ inputs }: Bundle): EnvName[] {
  const own = inputs.filter((path) => path.startsWith('functions/'));
  const text = own.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n');
  const names = [...text.matchAll(/(?:requireEnv(?:Number)?|envList)\(ENV\.(\w+)\)/g)].map(
    (match) => match[1] as keyof typeof ENV,
  );
  return [...new Set(names.map((name) => ENV[name]))];
}

describe.each(functions)('$handler', ({ id, handler }) => {
  it('is given every variable that its code demands, and none besides', () => {
    const variables = resourcesOf(app).find(([key]) => key === id)?.[1].Properties.Environment.Variables;
    // Every function has the stage; not all of them ask.
    const needed = new Set([...demanded(bundleOf(handler)), ENV.stage]);
    expect(Object.keys(variables).sort()).toEqual([...needed].sort());
  });
});

it('variables are read in one way only, so that the check above sees them all', () => {
  const all = Object.values(bundles).flatMap(({ inputs }) => inputs);
  // Domains are pure; what they hold of it is text of generated projects.
  const own = new Set(all.filter((path) => path.startsWith('functions/') && !path.includes('/domain/')));
  own.delete('functions/shared/platform/env.ts');
  const otherwise = [...own].filter((path) =>
    // Lambda's own variables are not ours to set.
    /process\.env(?!\.(AWS|_X_AMZN)_)|requireEnv(Number)?\((?!ENV\.\w+\))/.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  expect(own.size).toBeGreaterThan(20);
  expect(otherwise).toEqual([]);
});
