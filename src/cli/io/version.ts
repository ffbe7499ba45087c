import description from '../../../package.json' with { type: 'json' };

/** The version of this program; the build writes it into the bundle. */
export const programVersion = description.version;
