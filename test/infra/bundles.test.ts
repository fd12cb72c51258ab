import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EnvName } from '../../functions/contracts/env.ts';
import { ENV } from '../../functions/contracts/env.ts';
import type { HandlerBundle } from '../../lib/constructs/handler-code.ts';
import { handlerBundles } from '../../lib/constructs/handler-code.ts';
import { maosApp } from '../../lib/maos-app.ts';
import { bundled, bundledAll } from '../support/infra/bundles.ts';
import type { Resource } from '../support/infra/synthesized.ts';
import { deployContext, resourcesOf, synthesized } from '../support/infra/synthesized.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const app = synthesized('dev');
const functions = Object.entries(app.handlers).map(([id, handler]) => ({ id, handler }));
/** One call of each SDK client: the least that a function which uses it can be. */
const CLIENTS: Record<string, { client: string; command: string }> = {
  'client-dynamodb': { client: 'DynamoDBClient', command: 'PutItemCommand' },
  'client-eventbridge': { client: 'EventBridgeClient', command: 'PutEventsCommand' },
  'client-lambda': { client: 'LambdaClient', command: 'InvokeCommand' },
  'client-s3': { client: 'S3Client', command: 'PutObjectCommand' },
  'client-secrets-manager': { client: 'SecretsManagerClient', command: 'GetSecretValueCommand' },
  'client-sfn': { client: 'SFNClient', command: 'StartExecutionCommand' },
  'client-ssm': { client: 'SSMClient', command: 'GetParameterCommand' },
  'client-sqs': { client: 'SQSClient', command: 'SendMessageCommand' },
};

let bundles: ReadonlyMap<string, HandlerBundle> = new Map();
let baselines: Record<string, number> = {};

beforeAll(async () => {
  bundles = handlerBundles();
  const sets = [...bundles.values()].map(clientsOf);
  const alone = await bundledAll(
    Object.fromEntries(sets.map((clients) => [clients.join(), { code: calling(clients) }])),
  );
  baselines = Object.fromEntries(Object.entries(alone).map(([clients, { code }]) => [clients, code.length]));
});

/** The SDK clients that left something in a bundle. */
function clientsOf({ inputs }: HandlerBundle): string[] {
  const named = inputs.map((path) => /node_modules\/@aws-sdk\/(client-[\w-]+)\//.exec(path)?.[1]);
  return [...new Set(named)].filter((name) => name !== undefined).sort();
}

function calling(clients: readonly string[]): string {
  const known = clients.map((name) => {
    const one = CLIENTS[name];
    if (one === undefined) throw new Error(`Say in CLIENTS how ${name} is called.`);
    return { name, ...one };
  });
  const imports = known.map(({ name, client, command }) => `import { ${client}, ${command} } from '@aws-sdk/${name}';`);
  const calls = known.map(({ client, command }) => `new ${client}({}).send(new ${command}(event))`);
  return `${imports.join('')}\nexport const handler = (event) => [${calls}];`;
}

const bundleOf = (handler: string) => bundles.get(handler) as HandlerBundle;
const isApi = ({ handler }: { handler: string }): boolean => handler.endsWith('-api.handler.ts');
/** They read schemas of users', which takes a validator, an engine that no pattern can stop, and a look at what patterns cost. */
const READS_SCHEMAS = ['services/handlers/contract-tests.handler.ts', 'services/handlers/contracts-api.handler.ts'];
/** Who calls addresses of users brings what keeps it from those that are not public, and perhaps what signs messages. */
const callsUsers = ({ inputs }: HandlerBundle): boolean =>
  inputs.some((path) => path.includes('node_modules/request-filtering-agent/'));

it('the baselines are real SDK clients, or the budgets would mean nothing', () => {
  for (const [clients, bytes] of Object.entries(baselines)) {
    if (clients !== '') expect(bytes, clients).toBeGreaterThan(200_000);
  }
  expect(baselines['client-dynamodb,client-sqs']).toBeGreaterThan(baselines['client-dynamodb'] as number);
});

const outdir = mkdtempSync(join(tmpdir(), 'maos-bundles-test-'));
afterAll(() => rmSync(outdir, { recursive: true }));

/** The folder that is deployed, by the function's logical id. */
function deployed(): Record<string, string> {
  // CDK tells there what it bundles.
  using _ = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const context = { context: deployContext('dev'), postCliContext: { 'aws:cdk:bundling-stacks': ['**'] } };
  const { stacks } = maosApp({ ...context, outdir, builtinCloudFormationValidation: false }).synth();
  const resources = stacks.flatMap(({ template }) => Object.entries<Resource>(template.Resources));
  const lambdas = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  const folder = ({ Code }: Resource['Properties']) => join(outdir, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
  return Object.fromEntries(lambdas.map(([id, { Properties }]) => [id, folder(Properties)]));
}

it('what is measured here is what is deployed, and nothing is beside it', () => {
  const folders = deployed();
  for (const { id, handler } of functions) {
    const folder = folders[id] as string;
    expect(readdirSync(folder)).toEqual(['index.mjs']);
    expect(readFileSync(join(folder, 'index.mjs')).equals(bundleOf(handler).code), handler).toBe(true);
  }
});

describe.each(functions.filter((one) => !isApi(one)))('$handler, which waits for events,', ({ handler }) => {
  it('is at most 1.3 times a function with its SDK clients alone', () => {
    const bundle = bundleOf(handler);
    if (READS_SCHEMAS.includes(handler)) return expect(bundle.code.length).toBeLessThanOrEqual(1_000_000);
    const limit = callsUsers(bundle) ? 1.35 : 1.3;
    expect(bundle.code.length / (baselines[clientsOf(bundle).join()] as number)).toBeLessThanOrEqual(limit);
  });

  it('carries no zod: stored events are ours and are read by name', () => {
    expect(bundleOf(handler).inputs.filter((path) => path.includes('node_modules/zod/'))).toEqual([]);
  });
});

describe.each(functions.filter(isApi))('$handler, which answers callers,', ({ handler }) => {
  it('is at most 900 KB', () => {
    const limit = READS_SCHEMAS.includes(handler) ? 1_000_000 : 900_000;
    expect(bundleOf(handler).code.length).toBeLessThanOrEqual(limit);
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
function demanded({ inputs }: HandlerBundle): EnvName[] {
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
  const all = [...bundles.values()].flatMap(({ inputs }) => inputs);
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
