import description from '../../../package.json' with { type: 'json' };

/** The build writes it into the bundle. */
export const programVersion = description.version;
