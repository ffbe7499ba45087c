/** Attributes such as `bold` or `foreground`, each with the SGR code that sets it. */
export type SgrState = Readonly<Record<string, string>>;

export const defaultSgr: SgrState = {};

const setters: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  5: 'blink',
  7: 'inverse',
  8: 'conceal',
  9: 'strike',
  21: 'underline',
  53: 'overline',
};

const resetters: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  25: ['blink'],
  27: ['inverse'],
  28: ['conceal'],
  29: ['strike'],
  39: ['foreground'],
  49: ['background'],
  55: ['overline'],
  59: ['underlineColour'],
};

const extendedColours: Readonly<Record<number, string>> = {
  38: 'foreground',
  48: 'background',
  58: 'underlineColour',
};

/** Unknown codes change nothing. */
export function applySgr(state: SgrState, body: string): SgrState {
  const parameters = body.split(';');
  const next: Record<string, string> = { ...state };
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index] ?? '';
    const code = Number(parameter.split(':')[0]);
    const extended = extendedColours[code];
    if (code === 0) {
      for (const attribute of Object.keys(next)) Reflect.deleteProperty(next, attribute);
    } else if (extended !== undefined) {
      // `38;5;n` and `38;2;r;g;b`, or one parameter with colons.
      const length = parameter.includes(':') ? 1 : parameters[index + 1] === '2' ? 5 : 3;
      next[extended] = parameters.slice(index, index + length).join(';');
      index += length - 1;
    } else if (parameter === '4:0') {
      Reflect.deleteProperty(next, 'underline');
    } else {
      for (const attribute of resetters[code] ?? []) Reflect.deleteProperty(next, attribute);
      const attribute = setters[code] ?? colourSetter(code);
      if (attribute !== undefined) next[attribute] = parameter;
    }
  }
  return next;
}

export function sgrCodes(state: SgrState): string {
  return Object.keys(state)
    .sort()
    .map((attribute) => state[attribute])
    .join(';');
}

function colourSetter(code: number): string | undefined {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return 'foreground';
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return 'background';
  return undefined;
}
