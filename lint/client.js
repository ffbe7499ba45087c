/** What the folders of the client may import, apart from `src/client/ui` (see `lint/ui.js`), and why. */
export default [
  {
    folder: 'src/client/clipboard',
    imports: {
      'src/client/images/decode': 'recognises an image by its first bytes',
      'src/client/system': 'runs programs and saves what they write in temporary files',
    },
  },
  {
    folder: 'src/client/connection/grpc',
    imports: {
      'src/client/connection': 'implements the connection port',
      'src/client/connection/transport': 'prepares the sockets: proxy and TLS',
    },
  },
  {
    folder: 'src/client/connection/transport',
    imports: {
      'src/client/connection': 'opens sockets to an address',
    },
  },
  {
    folder: 'src/client/connection/trust',
    imports: {
      'src/client/connection': 'decides for each address',
      'src/client/connection/transport': 'looks at the certificate that a server shows',
      'src/client/system': 'replaces the list of trusted servers',
    },
  },
  {
    folder: 'src/client/feed',
    imports: {
      'src/client/connection': 'uses the connection port and its retry policy',
    },
  },
  {
    folder: 'src/client/images',
    imports: {
      'src/client/images/decode': 'knows the limit of a source image',
      'src/client/images/graphics': 'caches rendered images',
      'src/client/images/process': 'checks an image before it is saved or opened',
      'src/client/system': 'keeps images for a viewer in a private folder',
    },
  },
  {
    folder: 'src/client/images/graphics',
    imports: {
      'src/client/images/process': 'has images drawn there',
      'src/client/system': 'asks tmux about the terminal around it',
      'src/client/terminal': 'passes escape sequences through tmux',
      'src/client/terminal/colour': 'chooses a protocol by the colours of the terminal',
    },
  },
  {
    folder: 'src/client/images/process',
    imports: {
      'src/client/images/decode': 'decodes images in a process of its own',
      'src/client/terminal/colour': 'draws half blocks in the colours of the terminal',
    },
  },
  {
    folder: 'src/client/lines',
    imports: {
      'src/client/images': 'shows an image as its caption',
      'src/client/terminal/text': 'sanitises what others wrote',
    },
  },
  {
    folder: 'src/client/session',
    imports: {
      'src/client/connection': 'uses the connection port and its retry policy',
    },
  },
  {
    folder: 'src/client/terminal',
    imports: {
      'src/client/terminal/input': 'reads the keyboard',
      'src/client/terminal/screen': 'draws',
      'src/client/terminal/text': 'sanitises titles, notifications and crash reports',
    },
  },
  {
    folder: 'src/client/terminal/screen',
    imports: {
      'src/client/terminal/text': 'measures the cells of a row',
    },
  },
];
