// A tool of @xstate/inspect that reads, in a process of its own: tool.ts <url>. Says so when it was told of the actors.
const [url = ''] = process.argv.slice(2);

const socket = new WebSocket(url);
socket.onopen = () => socket.send('{"type":"xstate.inspecting"}');
socket.onmessage = () => {
  socket.onmessage = () => {};
  process.send?.('it is watching');
};
process.on('disconnect', () => process.exit());
