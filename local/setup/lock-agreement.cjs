/**
 * Whether node_modules holds what package-lock.json asks for. npm writes its own lock file there as the last thing, so
 * an installation that was cut off has none. Optional packages may be absent: they are for other platforms.
 */
function agrees(lock, installed) {
  if (!lock || !installed) return false;
  return Object.entries(lock.packages).every(([name, wanted]) => {
    const there = installed.packages[name];
    if (name === '') return true;
    return there ? there.version === wanted.version : Boolean(wanted.optional || wanted.devOptional);
  });
}

module.exports = { agrees };
