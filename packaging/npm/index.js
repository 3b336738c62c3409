// Finds the program in the package of this platform, which npm installs as an optional dependency.
'use strict';

const { optionalDependencies = {} } = require('./package.json');

/**
 * The path of the program.
 * @returns {string}
 * @throws {Error} with a message for people, where no package holds a program for this platform
 */
function binary() {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@sessionlint/${platform}`;
  const file = process.platform === 'win32' ? 'sessionlint.exe' : 'sessionlint';
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    const platforms = Object.keys(optionalDependencies).map((known) => known.split('/')[1]);
    if (!platforms.includes(platform)) {
      throw new Error(
        `no program for ${platform}, only for ${platforms.join(', ')}; ` +
          'with Rust, build it from source: see docs/install.md of the repository',
      );
    }
    throw new Error(
      `the package ${name} is missing, which holds the program for ${platform}; install again without ` +
        '--omit=optional (or --no-optional), and without node_modules or a lock file from another platform',
    );
  }
}

module.exports = { binary };
