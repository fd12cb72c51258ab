import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { afterAll, describe, expect, it } from 'vitest';
import { stageConfig } from '../../lib/config/stage.ts';
import { maosApp } from '../../lib/maos-app.ts';
import { NagChecks } from '../../lib/nag.ts';
import { deployContext, resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';

const STACKS = [
  ...['Data', 'Api', 'Operations', 'DeadLetters'],
  ...['Agents', 'Events', 'Sagas', 'Tasks', 'Services', 'Projections'],
  ...['Requests', 'UserSagas', 'Webhooks', 'Subscriptions'],
];

describe.each(STAGES)('the stage %s', (stage) => {
  const { stacks } = synthesized(stage);

  it('has its stacks, named after it', () => {
    expect(stacks.map(({ id, name }) => [id, name]).sort()).toEqual(
      STACKS.toSorted().map((id) => [id, `Maos-${stage}-${id}`]),
    );
  });

  it('lists origins as browsers send them, each whole', () => {
    const { corsOrigins } = stageConfig(stage);
    expect(corsOrigins).toEqual(corsOrigins.map((origin) => new URL(origin).origin));
  });

  it('keeps every stack under 400 resources, as CloudFormation ends at 500', () => {
    for (const { name, template } of stacks) expect(Object.keys(template.Resources).length, name).toBeLessThan(400);
  });

  it('tags what it makes', () => {
    const tagged = resourcesOf(synthesized(stage), 'AWS::Lambda::Function').filter(
      ([id]) => id in synthesized(stage).handlers,
    );
    for (const [id, { Properties }] of tagged) {
      expect(Properties.Tags, id).toEqual([
        { Key: 'project', Value: 'maos' },
        { Key: 'stage', Value: stage },
      ]);
    }
  });
});

const outdir = mkdtempSync(join(tmpdir(), 'maos-stages-'));
afterAll(() => rmSync(outdir, { recursive: true }));

describe('the stage of the context', () => {
  it('is dev where none is named', () => {
    const { stage: _, ...context } = deployContext('dev');
    expect(maosApp({ context, outdir }).node.findChild('Data')).toMatchObject({ stackName: 'Maos-dev-Data' });
  });

  it.each(['qa', '', 'Prod', 1, 'constructor'])(
    'is refused in one clear sentence where there is none such: %j',
    (stage) => {
      expect(() => maosApp({ context: { stage }, outdir })).toThrow(
        `Unknown stage "${stage}": use -c stage=local, dev or prod.`,
      );
    },
  );
});

describe('cdk-nag', () => {
  const findings = (folder: string): string[] => {
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, folder, 'validation-report.json'), 'utf8'));
    return pluginReports.flatMap((report: { pluginName: string; violations: { ruleName: string }[] }) =>
      report.violations.map(({ ruleName }) => `${report.pluginName}: ${ruleName}`),
    );
  };

  it.each(STAGES)('finds nothing in %s, and neither does CDK’s own check of the templates', (stage) => {
    maosApp({ context: deployContext(stage), outdir: join(outdir, stage) }).synth();
    expect(findings(stage)).toEqual([]);
  });

  it('runs at each synth of the app: a careless bucket in one of its stacks stops it', () => {
    const app = maosApp({ context: deployContext('dev'), outdir: join(outdir, 'careless') });
    new Bucket(app.node.findChild('Events') as Stack, 'Careless');
    expect(() => app.synth()).toThrow('AwsSolutions-S10');
    expect(findings('careless')).toEqual(['AwsSolutions: AwsSolutions-S1', 'AwsSolutions: AwsSolutions-S10']);
  });

  it('takes an acknowledgement for the one construct that it was given for', () => {
    const app = new App({ outdir: join(outdir, 'acknowledged') });
    const stack = new Stack(app, 'Scratch');
    const [one] = ['One', 'Other'].map((id) => new Bucket(stack, id, { enforceSSL: true }));
    Validations.of(one as Bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'Holds nothing worth a log.' });
    Validations.of(app).addPlugins(new NagChecks(app));
    expect(() => app.synth()).toThrow('Scratch/Other/Resource');
    expect(findings('acknowledged')).toEqual(['AwsSolutions: AwsSolutions-S1']);
  });
});

describe('every acknowledgement', () => {
  it.each(STAGES)('says why, in %s', (stage) => {
    const nodes = maosApp({ context: deployContext(stage), outdir }).node.findAll();
    const entries = nodes.flatMap(({ node }) => node.metadata);
    const acknowledged = entries.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
    const reasons = acknowledged.flatMap(({ data }) => Object.entries<string>(data));
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter(([, reason]) => reason.length <= 20)).toEqual([]);
  });
});
