import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatError } from '../../shared/errors.js';
import { parseConfig } from './parse-config.js';

const parse = (text: string) => parseConfig(text, 'config.toml');

describe('a configuration', () => {
  test('contains servers and values for options', () => {
    const config = parse(`
      address = "work"
      user = "anna"
      images = "blocks"
      clipboard-command = "xsel -b"
      [servers.work]
      address = "chat.example.org"
      user = "anna.b"
      password-command = "pass show chat"
      [servers.home]
      address = "localhost:65003"
    `);
    expect(config).toMatchObject({
      address: 'work',
      user: 'anna',
      images: 'blocks',
      clipboardCommand: 'xsel -b',
    });
    expect([...config.servers.keys()]).toEqual(['work', 'home']);
    expect(config.servers.get('work')).toEqual({
      address: 'chat.example.org',
      user: 'anna.b',
      'password-command': 'pass show chat',
    });
  });

  test('has the settings of the full-screen client', () => {
    const { screen } = parse(
      'theme = "light"\nbell = "off"\nhighlight = ["deploy", "ops"]\nhistory = false\n',
    );
    expect(screen).toEqual({
      settings: { theme: 'light', bell: 'off' },
      highlights: ['deploy', 'ops'],
      keepsHistory: false,
    });
    expect(parse('').screen).toEqual({ settings: {}, highlights: [], keepsHistory: true });
  });

  test('may be empty', () => {
    expect(parse('# nothing yet\n').servers.size).toBe(0);
  });

  test.each<[string, string, number, RegExp]>([
    ['what is no TOML', 'user = "a"\nimages auto\n', 2, /./],
    ['an unknown setting', 'user = "a"\n\nadress = "x"\n', 3, /no setting "adress" here, only address, user/],
    [
      'an unknown setting of a server',
      '[servers.a]\naddress = "a"\n[servers.b]\naddress = "b"\nport = "1"',
      5,
      /"port"/,
    ],
    ['a password', '[servers.a]\naddress = "a"\npassword = "secret"', 3, /no setting "password" here/],
    ['a number instead of a text', 'user = 5', 1, /user needs a text/],
    ['an unknown theme', 'theme = "pink"', 1, /theme takes one of auto, light, dark/],
    ['a text instead of a list', 'highlight = "deploy"', 1, /highlight needs a list of texts/],
    ['a text instead of true or false', 'history = "no"', 1, /history takes one of true, false/],
    ['an unknown mode', '# first\nimages = "big"', 2, /images takes one of auto, /],
    ['an invalid address', '[servers.a]\naddress = "a b"', 2, /is not an address/],
    ['a default that is neither name nor address', 'address = "no such"', 1, /is not an address/],
    ['a server without an address', 'user = "a"\n[servers.a]\nuser = "b"', 2, /has no address/],
    ['a name that a server cannot have', '[servers."a b"]\naddress = "a"', 1, /name has letters/],
    ['an invalid fingerprint', '[servers.a]\naddress = "a"\nfingerprint = "AB"', 3, /./],
    [
      'two sources of a password',
      '[servers.a]\naddress = "a"\npassword-file = "x"\npassword-command = "y"',
      4,
      /only one/,
    ],
    ['a setting in dotted form', 'servers.a.address = "a"\nservers.a.colour = "x"', 2, /"colour"/],
  ])('%s is a usage error that names the line', (_, text, line, problem) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(new RegExp(`^config\\.toml, line ${line}: `)),
      }),
    );
    expect(() => parse(text)).toThrow(problem);
  });

  test('with any content is accepted or rejected as usage', () => {
    const word = fc.constantFrom(
      'address',
      'user',
      'servers',
      '[',
      ']',
      '.',
      '=',
      '"a"',
      '\n',
      'x',
      '{',
      '}',
      '5',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          parse(words.join(' '));
        } catch (error) {
          expect(error).toBeInstanceOf(ChatError);
          expect(error).toHaveProperty('code', 'usage');
        }
      }),
    );
  });
});
