import type { EnvName } from '../../contracts/env.ts';

/** Throws with the variable's name: a function that was deployed without it fails at its start, not in mid-work. */
export function requireEnv(name: EnvName): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** A list in one text, separated by commas. For what a stage may have none of: then infrastructure sets no variable. */
export function envList(name: EnvName): string[] {
  return (process.env[name] ?? '').split(',').filter((one) => one !== '');
}

export function requireEnvNumber(name: EnvName): number {
  const value = Number(requireEnv(name));
  if (!Number.isFinite(value)) throw new Error(`The environment variable ${name} is not a number.`);
  return value;
}

/** The endpoints that the environment gives the AWS SDK, of all services or of one; none where it goes to AWS. */
export function awsEndpoints(): string[] {
  const all = Object.entries(process.env).filter(([name]) => /^AWS_ENDPOINT_URL(_|$)/.test(name));
  return all.flatMap(([, value]) => (value === undefined || value === '' ? [] : [value]));
}
