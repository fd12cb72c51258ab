import { devNull } from 'node:os';
import { delimiter } from 'node:path';
import { CommandError } from '../../cli/command-error.ts';
import { BIN } from './folders.ts';

export const OVERRIDE = 'MAOS_ALLOW_REMOTE_ENDPOINT';
/** A root key for the emulators that are spoken to here, and worth nothing anywhere else. */
export const FAKE_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Only addresses that mean this machine by themselves: a name that some resolver maps to it is not among them. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new CommandError(`AWS_ENDPOINT_URL is not the address of an endpoint: use one like http://127.0.0.1:4566.`);
}

/**
 * The guard in front of everything that deploys, writes or deletes from this folder: a real account must never be hit
 * because a variable pointed there.
 *
 * @param text the endpoint, as a user wrote it
 * @param override the value of MAOS_ALLOW_REMOTE_ENDPOINT
 * @returns the endpoint as `scheme://host:port`
 * @throws CommandError where the endpoint isn't on this machine and the override isn't "1"
 */
export function guardEndpoint(text: string, override: string | undefined): string {
  const url = parseEndpoint(text);
  if (isLoopback(url.hostname) || override === '1') return url.origin;
  throw new CommandError(
    `AWS_ENDPOINT_URL points to ${url.hostname}, which is not this machine: unset it to use the built-in local cloud, or set ${OVERRIDE}=1 if an emulator really runs there.`,
  );
}

/** The endpoint that the user named, undefined where the built-in local cloud is to be used. */
export function userEndpoint(env: NodeJS.ProcessEnv): string | undefined {
  return env.AWS_ENDPOINT_URL ? guardEndpoint(env.AWS_ENDPOINT_URL, env[OVERRIDE]) : undefined;
}

export function regionOf(env: NodeJS.ProcessEnv): string {
  return env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
}

/** With a name in it, the SDK would put the bucket in front of the name, which nothing resolves. */
function pathStyleEndpoint(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url.origin;
}

/**
 * The environment in which AWS clients and command line tools can reach this endpoint and nothing else: every `AWS_*`
 * variable of the user goes, and so do the AWS settings in their home folder, because a profile, an endpoint of a single
 * service or a token in any of them would lead elsewhere.
 */
export function cloudEnvironment(endpoint: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('AWS_'));
  const region = regionOf(env);
  return {
    ...Object.fromEntries(kept),
    PATH: [BIN, ...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== BIN)].join(delimiter),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: pathStyleEndpoint(endpoint),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** An environment for work that has no business with any cloud: a port where nothing answers. */
export function offlineEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return cloudEnvironment('http://127.0.0.1:9', env);
}

/** Makes an environment that of this process, and so of every client and program that it starts. */
export function adoptEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

/** Said by the help text of every command that a given endpoint changes. */
export const ENDPOINT_HELP = `
  AWS_ENDPOINT_URL=http://127.0.0.1:4566   deploys to the emulator there and starts none (then no Python is needed)
  ${OVERRIDE}=1             lets AWS_ENDPOINT_URL name another machine
  AWS_REGION=eu-west-1                     another region than us-east-1`;
