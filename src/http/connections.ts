import type { Server } from 'node:http';

/**
 * Keeps room for the next client: with the last connection taken, none is kept between two requests any more. Whoever
 * comes back pays no more than for a new one; else those who keep theirs for nothing would lock a scraper out for as long.
 * Connections on which nothing is asked, or too slowly, are ended by their time.
 */
export function keepRoom(server: Server): void {
  let open = 0;
  const isFull = () => open >= server.maxConnections;
  server.on('connection', (socket) => {
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
    if (isFull()) server.closeIdleConnections();
  });
  // Before anything can answer.
  server.prependListener('request', (_request, response) => {
    if (isFull()) response.shouldKeepAlive = false;
  });
}
