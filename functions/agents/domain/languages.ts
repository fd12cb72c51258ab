import { asJavaScript, asTypeScript } from './bilingual.ts';
import { tsconfig } from './templates/tsconfig.ts';

export interface Language {
  title: string;
  /** Of its source files, without the dot. */
  extension: string;
  /** The lowest Node.js that runs its sources as they are. */
  node: string;
  /** Its side of a bilingual template. */
  sideOf: (source: string) => string;
  /** Whether a compiler checks the types, which then needs the types of the packages too. */
  checked: boolean;
  scripts: Readonly<Record<string, string>>;
  /** Exact versions. */
  devDependencies: Readonly<Record<string, string>>;
  /** What its projects have besides their sources: content by path. */
  settings: Readonly<Record<string, string>>;
}

/** Each value that the requirement `language` can have. The versions are those that this repository is tested with. */
export const LANGUAGES = {
  typescript: {
    title: 'TypeScript',
    extension: 'ts',
    node: '22.18.0',
    sideOf: asTypeScript,
    checked: true,
    scripts: { typecheck: 'tsc -p .' },
    devDependencies: { '@types/node': '24.19.2', typescript: '6.0.3' },
    settings: { 'tsconfig.json': tsconfig() },
  },
  javascript: {
    title: 'JavaScript',
    extension: 'js',
    node: '22',
    sideOf: asJavaScript,
    checked: false,
    scripts: {},
    devDependencies: {},
    settings: {},
  },
} as const satisfies Record<string, Language>;
