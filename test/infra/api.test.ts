import { describe, expect, it } from 'vitest';
import { stageConfig } from '../../lib/config/stage.ts';
import { contracts, doorFor, doorsOf } from '../support/api/api-routes.ts';
import { references } from '../support/infra/references.ts';
import type { Resource } from '../support/infra/synthesized.ts';
import { resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';

const app = synthesized('dev');
const read = references(app);
const doors = doorsOf(app);
const rows = await contracts();

/** A path as a caller would send it. */
const called = (path: string): string => path.replace(/\{\w+\+\}/g, 'a/b.txt').replace(/\{\w+\}/g, 'some-id');
const nameOf = (path: string): string => path.split('/')[3] ?? '';
/** The feature behind a name, where it is not its own. */
const FEATURE_OF: Record<string, string> = {
  commands: 'tasks',
  leases: 'agents',
  'webhook-secret': 'webhooks',
  'saga-definitions': 'sagas',
  queries: 'projections',
};
const featureOf = (path: string): string => FEATURE_OF[nameOf(path)] ?? nameOf(path);

function only(type: string): [string, Resource] {
  const found = resourcesOf(app, type);
  expect(found, type).toHaveLength(1);
  return found[0] as [string, Resource];
}

/** A feature has one function for its rows; what reads schemas has its own, as it is as large as the rest. */
function handlerOf(feature: string, path: string): string {
  if (nameOf(path) === 'completions') return 'sagas/handlers/completions-api.handler.ts';
  const api = /^\/api\/v1\/services\/\{name\}\/contract(\/|$)/.test(path) ? 'contracts' : feature;
  return `${feature}/handlers/${api}-api.handler.ts`;
}

describe('every row of the contracts', () => {
  it('is seen, with and without a scope', () => {
    expect(rows.filter(({ scope }) => scope !== null).length).toBeGreaterThan(0);
    expect(rows.filter(({ scope }) => scope === null).length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it.each(rows)('$method $path reaches its function by the right door', ({ path, scope }) => {
    const door = doorFor(doors, called(path));
    const feature = scope === null ? 'gateway' : featureOf(path);
    expect(door).toEqual({
      path: expect.any(String),
      method: 'ANY',
      authorization: scope === null ? 'NONE' : 'CUSTOM',
      authorizer: scope === null ? undefined : only('AWS::ApiGateway::Authorizer')[0],
      handler: handlerOf(feature, path),
    });
  });
});

/** The root and everything that no feature has; and completions, whose tokens are proofs. */
const OPEN = ['', '/api/v1/completions/{proxy+}', '/{proxy+}'];

describe('every door', () => {
  it('with a lock has rows behind it', () => {
    const features = new Set(rows.filter(({ scope }) => scope !== null).map(({ path }) => featureOf(path)));
    const locked = doors.filter(({ authorization }) => authorization === 'CUSTOM').map(({ path }) => featureOf(path));
    expect(new Set(locked)).toEqual(features);
  });

  it('without a lock is the catch-all, or where addresses are keys of their own', () => {
    const open = doors.filter(({ authorization }) => authorization === 'NONE');
    expect(open.map(({ path }) => path).sort()).toEqual(OPEN);
  });

  it.each(['/', '/nothing', '/api/v1/nothing', '/api/v1/tasksx', '/api/v2/tasks'])('leads %s to the 404', (path) => {
    const handler = doorFor(doors, path === '/' ? '' : path)?.handler;
    expect(handler).toBe('gateway/handlers/gateway-api.handler.ts');
  });

  it('opens for this API only: no function can be called by the console’s test button', () => {
    const permissions = resourcesOf(app, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    const [api] = only('AWS::ApiGateway::RestApi');
    expect(permissions).toHaveLength(doors.length + 1);
    for (const { Principal, Action, SourceArn } of permissions) {
      expect({ Principal, Action }).toEqual({ Principal: 'apigateway.amazonaws.com', Action: 'lambda:InvokeFunction' });
      expect(read(SourceArn)).toContain(`:${api}/`);
      expect(read(SourceArn)).not.toContain('test-invoke-stage');
    }
  });
});

describe('the authorizer', () => {
  const [, { Properties }] = only('AWS::ApiGateway::Authorizer');

  it('judges the bearer token and is asked again after a minute, so that a revoked key ends', () => {
    expect(Properties).toMatchObject({
      Type: 'TOKEN',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 60,
    });
  });

  it.each([
    ['Bearer maos_key', true],
    ['bearer maos_key', true],
    ['Bearer', false],
    ['Basic dTpw', false],
    ['Bearer two words', false],
  ])('is not even asked about what is no bearer token: "%s"', (header, asked) => {
    expect(new RegExp(Properties.IdentityValidationExpression).test(header)).toBe(asked);
  });
});

/** api.md, "Codes". */
const STATUS_OF_CODE: Record<string, string> = {
  VALIDATION_ERROR: '400',
  UNAUTHORIZED: '401',
  FORBIDDEN: '403',
  NOT_FOUND: '404',
  PAYLOAD_TOO_LARGE: '413',
  UNSUPPORTED_MEDIA_TYPE: '415',
  RATE_LIMITED: '429',
  INTERNAL_ERROR: '500',
  TIMEOUT: '504',
};

describe('what the gateway answers by itself', () => {
  const answers = resourcesOf(app, 'AWS::ApiGateway::GatewayResponse').map(([, { Properties }]) => Properties);

  it('covers every kind, by its own answer or by the two defaults', () => {
    const codes = Object.fromEntries(answers.map(({ ResponseType, StatusCode }) => [ResponseType, StatusCode]));
    expect(codes).toMatchObject({
      UNAUTHORIZED: '401',
      ACCESS_DENIED: '403',
      MISSING_AUTHENTICATION_TOKEN: '404',
      REQUEST_TOO_LARGE: '413',
      THROTTLED: '429',
      WAF_FILTERED: '403',
      INTEGRATION_TIMEOUT: '504',
      INTEGRATION_FAILURE: '504',
    });
    expect(Object.keys(codes)).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX']));
  });

  it.each(answers)(
    '$ResponseType is our envelope, with a code of ours',
    ({ ResponseType, ResponseTemplates, StatusCode, ResponseParameters }) => {
      const text = ResponseTemplates['application/json'].replaceAll('$context.requestId', 'req-1');
      expect(text).not.toMatch(/[$#]/);
      const { error, ...envelope } = JSON.parse(text);
      expect(envelope).toEqual({ id: 'req-1', status: 'error' });
      expect(error).toEqual({ code: expect.any(String), message: expect.stringMatching(/\.$/) });
      // A status on a default would change that of every answer that has no row of its own.
      const status = ResponseType.startsWith('DEFAULT_') ? undefined : STATUS_OF_CODE[error.code];
      expect(error.code in STATUS_OF_CODE).toBe(true);
      expect(StatusCode).toBe(status);
      expect(ResponseParameters).toEqual({ 'gatewayresponse.header.x-request-id': 'context.requestId' });
    },
  );

  it('is deployed: the deployment waits for every answer and door', () => {
    const [, deployment] = only('AWS::ApiGateway::Deployment');
    const needed = ['AWS::ApiGateway::GatewayResponse', 'AWS::ApiGateway::Method'].flatMap((type) =>
      resourcesOf(app, type),
    );
    const waited = (deployment as Resource & { DependsOn: string[] }).DependsOn;
    expect(needed.map(([id]) => id).filter((id) => !waited.includes(id))).toEqual([]);
  });
});

describe.each(STAGES)('the pages of other origins, in %s,', (stage) => {
  const hasOrigins = stageConfig(stage).corsOrigins.length > 0;
  const all = doorsOf(synthesized(stage));
  const preflights = all.filter(({ method }) => method === 'OPTIONS');

  it('have their preflights answered without a key, beside every locked door', () => {
    const locked = all.filter(({ authorization }) => authorization === 'CUSTOM');
    expect(locked.length).toBeGreaterThan(0);
    expect(preflights).toEqual(
      (hasOrigins ? locked : []).map(({ path }) => ({
        path,
        method: 'OPTIONS',
        authorization: 'NONE',
        authorizer: undefined,
        handler: 'gateway/handlers/gateway-api.handler.ts',
      })),
    );
  });

  it('may read what the gateway answers by itself', () => {
    const answers = resourcesOf(synthesized(stage), 'AWS::ApiGateway::GatewayResponse');
    for (const [id, { Properties }] of answers) {
      const allowed = Properties.ResponseParameters['gatewayresponse.header.access-control-allow-origin'];
      expect(allowed, id).toBe(hasOrigins ? "'*'" : undefined);
    }
  });

  it('have no other door opened: the functions behind the locks are called with a key or not at all', () => {
    const open = all.filter(({ authorization, method }) => authorization === 'NONE' && method !== 'OPTIONS');
    expect(open.map(({ path }) => path).sort()).toEqual(OPEN);
  });
});

it('the checks of origins above saw a stage that has some, and one that has none', () => {
  expect(new Set(STAGES.map((stage) => stageConfig(stage).corsOrigins.length > 0)).size).toBe(2);
});

describe('the access log', () => {
  const [, { Properties }] = only('AWS::ApiGateway::Stage');
  const format: string = Properties.AccessLogSetting.Format;

  it('is one line of JSON', () => {
    expect(JSON.parse(format)).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(format).not.toContain('\n');
  });

  it('names the resource and never the path, which carries tokens and file names', () => {
    const variables = [...format.matchAll(/\$context\.([\w.]+)/g)].map((match) => match[1]);
    expect(variables).toContain('resourcePath');
    expect(
      variables.filter((name) => /^path$|identity|requestOverride|authorizer\.principal/.test(name ?? '')),
    ).toEqual([]);
  });

  it('goes to a log group of the stack', () => {
    const groups = resourcesOf(app, 'AWS::Logs::LogGroup').map(([id]) => id);
    expect(groups.some((id) => read(Properties.AccessLogSetting.DestinationArn).endsWith(`:log-group:${id}`))).toBe(
      true,
    );
  });
});

it('bytes pass as bytes', () => {
  expect(only('AWS::ApiGateway::RestApi')[1].Properties.BinaryMediaTypes).toEqual(['*/*']);
});

it.each(STAGES)('requests are limited in %s, and bodies are never traced', (stage) => {
  const [[, { Properties }]] = resourcesOf(synthesized(stage), 'AWS::ApiGateway::Stage') as [[string, Resource]];
  const limit = { local: [1000, 2000], dev: [50, 100], prod: [500, 1000] }[stage];
  expect(Properties).toMatchObject({
    StageName: 'v1',
    TracingEnabled: true,
    MethodSettings: [
      {
        HttpMethod: '*',
        ResourcePath: '/*',
        ThrottlingRateLimit: limit[0],
        ThrottlingBurstLimit: limit[1],
        DataTraceEnabled: false,
      },
    ],
  });
});
