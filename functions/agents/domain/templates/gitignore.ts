/** `.gitignore` of the generated project. */
export function gitignore(): string {
  return `node_modules/
*.log
.env
`;
}
