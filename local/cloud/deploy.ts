import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import type { LoggedRun } from '../process/run-logged.ts';
import { runLogged } from '../process/run-logged.ts';
import type { Steps } from '../process/steps.ts';
import { FAKE_CREDENTIALS } from './endpoint.ts';
import { BIN, ROOT } from './folders.ts';
import { BOOTSTRAP_STACK, removeWedgedStacks, stackNames, stackStatuses } from './stacks.ts';

/** Where to deploy and how to show it. `env` is that of {@link cloudEnvironment}, `state` the state folder. */
export type Deployment = {
  state: string;
  endpoint: string;
  region: string;
  env: NodeJS.ProcessEnv;
  steps: Steps;
  signal: AbortSignal;
};
type CdkRun = Pick<LoggedRun, 'state' | 'env' | 'signal' | 'name' | 'failure'>;

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

/** Keeps the CDK command line tool away from the user's home folder, the internet and the terminal. */
function cdkEnvironment(env: NodeJS.ProcessEnv, state: string): NodeJS.ProcessEnv {
  return {
    ...env,
    CI: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    CDK_HOME: join(state, 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
  };
}

async function cdk(args: readonly string[], folder: string, { state, env, ...run }: CdkRun): Promise<void> {
  const quiet = ['--no-notices', '--no-version-reporting', '--no-color', '--ci'];
  await runLogged([join(BIN, 'cdk'), ...args, ...quiet], { ...run, folder, state, env: cdkEnvironment(env, state) });
}

/** Runs `cdk` where it finds no cdk.json: it would build the app of that once more, for another stage, before anything else. */
function cdkOutsideTheProject(args: readonly string[], run: CdkRun): Promise<void> {
  return cdk(args, run.state, run);
}

/** A killed `cdk` leaves its locks on the folder it wrote or read, and the next one refuses to touch that. */
function removeLocks(assembly: string): void {
  if (!existsSync(assembly)) return;
  for (const name of readdirSync(assembly)) if (name.endsWith('.lock')) rmSync(join(assembly, name));
}

/** Where the synthesized app of a stage lies. */
function assemblyFolder(state: string, stage: string): string {
  return join(state, stage === 'local' ? 'cdk.out' : `cdk.out-${stage}`);
}

/** Builds the stacks of a stage, for {@link deployStacks} where it is the local one. Needs no cloud. */
export async function synthesize(stage: string, run: Pick<CdkRun, 'state' | 'env' | 'signal'>): Promise<void> {
  const assembly = assemblyFolder(run.state, stage);
  removeLocks(assembly);
  await cdk(['synth', '--quiet', '-c', `stage=${stage}`, '--output', assembly], ROOT, {
    ...run,
    name: `synth-${stage}`,
    failure: `Building the stacks of the stage ${stage} failed.`,
  });
}

function cloudFormation({ endpoint, region }: Pick<Deployment, 'endpoint' | 'region'>): CloudFormationClient {
  return new CloudFormationClient({ endpoint, region, credentials: FAKE_CREDENTIALS });
}

/**
 * Prepares the cloud for deployments, where it isn't prepared already.
 *
 * @param target `aws://ACCOUNT/REGION`, or undefined to take the accounts and regions from the synthesized app
 */
export async function bootstrap(deployment: Deployment, target: string | undefined): Promise<void> {
  const client = cloudFormation(deployment);
  await removeWedgedStacks({ client, names: [BOOTSTRAP_STACK], signal: deployment.signal });
  if (/^(CREATE|UPDATE)_COMPLETE$/.test((await stackStatuses(client)).get(BOOTSTRAP_STACK) ?? '')) return;
  const where = target ? [target] : ['--app', assemblyFolder(deployment.state, 'local')];
  await deployment.steps.run('Preparing it for deployments (cdk bootstrap)', () =>
    cdkOutsideTheProject(['bootstrap', ...where], {
      ...deployment,
      name: 'bootstrap',
      failure: 'cdk bootstrap failed.',
    }),
  );
}

/**
 * What a deployment made: the outputs of all stacks as one, for output names are unique over all stacks. `fresh` where
 * none of the stacks was there before.
 */
type Deployed = { stackNames: string[]; outputs: Record<string, string>; fresh: boolean };

/** Deploys the synthesized app with `cdk deploy`. */
export async function deployStacks(deployment: Deployment): Promise<Deployed> {
  const assembly = assemblyFolder(deployment.state, 'local');
  const outputsFile = join(deployment.state, 'outputs.json');
  const names = stackNames(assembly);
  const client = cloudFormation(deployment);
  await removeWedgedStacks({ client, names, signal: deployment.signal });
  const before = await stackStatuses(client);
  rmSync(outputsFile, { force: true });
  removeLocks(assembly);
  const args = ['deploy', '--all', '--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile];
  await deployment.steps.run('Deploying the stacks (cdk deploy)', () =>
    cdkOutsideTheProject(args, { ...deployment, name: 'deploy', failure: 'cdk deploy failed.' }),
  );
  const byStack = Outputs.parse(JSON.parse(readFileSync(outputsFile, 'utf8')));
  const outputs = Object.assign({}, ...Object.values(byStack));
  return { stackNames: names, outputs, fresh: !names.some((name) => before.has(name)) };
}

/** Removes every stack of the app from an endpoint that isn't ours to end. */
export async function destroyStacks(deployment: Deployment): Promise<void> {
  const assembly = assemblyFolder(deployment.state, 'local');
  await deployment.steps.run('Removing the stacks (cdk destroy)', async () => {
    if (!existsSync(join(assembly, 'manifest.json'))) await synthesize('local', deployment);
    removeLocks(assembly);
    await cdkOutsideTheProject(['destroy', '--all', '--force', '--app', assembly], {
      ...deployment,
      name: 'destroy',
      failure: 'cdk destroy failed.',
    });
  });
}
