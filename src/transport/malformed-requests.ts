import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** As Node answers them, which does not when somebody else listens. */
const answers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
const otherwise = '400 Bad Request';

/**
 * Answers what is no request, or does not come whole in time, and closes its connection. Behind a whole
 * request of the graph without an answer it says nothing, unlike Node: that would be taken for the answer,
 * and a one-time password for one that was never asked for.
 */
export function refuseMalformed(server: Server, isOwing: (socket: Socket) => boolean): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.writable && !isOwing(socket)) {
      socket.write(
        `HTTP/1.1 ${answers[error.code ?? ''] ?? otherwise}\r\nConnection: close\r\n\r\n`,
      );
    }
    socket.destroy(error);
  });
}
