import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A CloudFormation template, as far as it is read here. */
export interface CloudTemplate {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
}

interface Manifest {
  artifacts: Record<string, { type: string; properties?: { templateFile?: string } }>;
}

/** The templates of a synthesized app. By its manifest: stacks that it no longer has may lie beside them. */
export function templatesIn(cloudAssembly: string): CloudTemplate[] {
  const { artifacts } = read<Manifest>(cloudAssembly, 'manifest.json');
  return Object.values(artifacts)
    .filter(({ type }) => type === 'aws:cloudformation:stack')
    .map(({ properties }) => read<CloudTemplate>(cloudAssembly, String(properties?.templateFile)));
}

function read<File>(folder: string, file: string): File {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as File;
}
