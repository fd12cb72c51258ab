/** Exact versions, the ones that this repository itself is tested with; a test keeps the two equal. */
const DEPENDENCIES = { express: '5.3.0' };
const DEV_DEPENDENCIES = { '@types/express': '5.0.6', '@types/node': '24.19.2', typescript: '6.0.3' };

/** `package.json` of the generated project. Node 22.18 is the first 22 that runs TypeScript without a flag. */
export function packageJson(project: { name: string; description: string }): string {
  const manifest = {
    name: project.name,
    version: '0.1.0',
    description: project.description,
    private: true,
    type: 'module',
    engines: { node: '>=22.18.0' },
    scripts: { start: 'node src/server.ts', test: 'node --test', typecheck: 'tsc -p .' },
    dependencies: DEPENDENCIES,
    devDependencies: DEV_DEPENDENCIES,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
