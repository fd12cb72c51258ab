import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { maosApp } from '../../../lib/maos-app.ts';

export const STAGES = ['local', 'dev', 'prod'] as const;
export type StageName = (typeof STAGES)[number];

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape, different for each type of resource.
  Properties: Record<string, any>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface CloudTemplate {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
}

/** Plain data, so that a test can clone and spoil it. */
export interface SynthesizedApp {
  stage: StageName;
  stacks: { id: string; name: string; protected: boolean; template: CloudTemplate }[];
  /** Our functions: the logical id and the handler's file, from `functions/`. */
  handlers: Record<string, string>;
}

const made = new Map<StageName, SynthesizedApp>();

/** The app as `cdk deploy` would send it, but for the Lambdas' code. Made once a stage and test file; clone it before a change. */
export function synthesized(stage: StageName): SynthesizedApp {
  const app = made.get(stage) ?? synthesize(stage);
  made.set(stage, app);
  return app;
}

/** All stacks' resources by logical id; ids are unique over the whole app, or this throws. */
export function resourcesOf(app: SynthesizedApp, type?: string): [string, Resource][] {
  const all = app.stacks.flatMap(({ template }) => Object.entries(template.Resources));
  if (new Set(all.map(([id]) => id)).size !== all.length) throw new Error('Two stacks have a logical id in common.');
  return type === undefined ? all : all.filter(([, resource]) => resource.Type === type);
}

/** What the CDK command would give the app: the flags of cdk.json change templates. Nothing is bundled, which takes most of the time. */
export function deployContext(stage: string): Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', 'cdk.json'), 'utf8'));
  return { ...context, stage, 'aws:cdk:bundling-stacks': [] };
}

function synthesize(stage: StageName): SynthesizedApp {
  // CDK's own schema check is the slow half of a synth; nag.test.ts has it on.
  const assembly = maosApp({ context: deployContext(stage), builtinCloudFormationValidation: false }).synth();
  const app = read(stage, assembly);
  rmSync(assembly.directory, { recursive: true });
  return app;
}

function read(stage: StageName, assembly: CloudAssembly): SynthesizedApp {
  return {
    stage,
    stacks: assembly.stacks.map((stack) => ({
      id: stack.id,
      name: stack.stackName,
      protected: stack.terminationProtection ?? false,
      template: stack.template,
    })),
    handlers: Object.fromEntries(assembly.stacks.flatMap(handlersOf)),
  };
}

/** `AppFunction` notes its handler at the very construct whose logical id CDK notes. */
function handlersOf(stack: CloudFormationStackArtifact): [string, string][] {
  return stack.findMetadataByType('maos:handler').map(({ path, data }) => {
    const id = stack.metadata[path]?.find(({ type }) => type === 'aws:cdk:logicalId');
    return [String(id?.data), String(data)];
  });
}
