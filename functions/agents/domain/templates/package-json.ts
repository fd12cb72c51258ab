import type { Stack } from '../scaffold-requirements.ts';

/** `package.json` of the generated project. */
export function packageJson(project: { name: string; description: string }, { language, framework }: Stack): string {
  const manifest = {
    name: project.name,
    version: '0.1.0',
    description: project.description,
    private: true,
    type: 'module',
    engines: { node: `>=${language.node}` },
    scripts: {
      start: `node src/server.${language.extension}`,
      test: `node --test test/*.test.${language.extension}`,
      ...language.scripts,
    },
    dependencies: framework.dependencies,
    ...(language.checked && { devDependencies: { ...framework.types, ...language.devDependencies } }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
