import type { createWebSocketReceiver } from '@xstate/inspect';
import { byId, item } from './dom.ts';
import { type KnownService, Services } from './services.ts';

/** The package's own build for browsers. */
declare const XStateInspect: { readonly createWebSocketReceiver: typeof createWebSocketReceiver };

type Receiver = ReturnType<typeof createWebSocketReceiver>;

interface BridgeConfig {
  readonly base: string;
  readonly needsToken: boolean;
}

const services = new Services();
const config = JSON.parse(
  document.querySelector<HTMLMetaElement>('meta[name=bridge]')?.content ?? '{}',
) as BridgeConfig;
let selected: string | undefined;
let isDue = false;

tellOfTheEnd();
if (config.needsToken) askForToken();
else connect('');

function askForToken(): void {
  const form = byId('token-form', HTMLFormElement);
  form.hidden = false;
  setConnection('The server asks for a token', false);
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    const token = String(new FormData(form).get('token')).trim();
    // It is kept by nothing: a reload asks again.
    form.reset();
    form.hidden = true;
    connect(`?token=${encodeURIComponent(token)}`);
  });
}

function connect(query: string): void {
  const server = `${location.host}${config.base}${query}`;
  const receiver = XStateInspect.createWebSocketReceiver({ server, serialize: undefined });
  receiver.subscribe((event) => {
    setConnection('Connected', false);
    services.take(event);
    draw();
  });
  byId('sender', HTMLFormElement).addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    send(receiver, new FormData(byId('sender', HTMLFormElement)));
  });
}

/** The receiver does not tell when its socket closes, and keeps the socket to itself. */
function tellOfTheEnd(): void {
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('close', ({ code, reason }) => {
        const why = reason === '' ? '' : `: ${reason}`;
        setConnection(
          code === 1006 && services.all.length === 0
            ? 'Refused: is the token right?'
            : `Connection lost${why}. Reload to try again.`,
          true,
        );
      });
    }
  };
}

function setConnection(text: string, isLost: boolean): void {
  const line = byId('connection', HTMLElement);
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle('is-lost', isLost);
}

/** The receiver's command: the event as JSON within JSON, with the service as its origin. */
function send(receiver: Receiver, form: FormData): void {
  const service = services.get(selected);
  const sent = byId('sent', HTMLElement);
  try {
    if (service === undefined) throw new Error('no service is selected');
    const type = String(form.get('type'));
    const fields = String(form.get('fields')).trim();
    const data = { ...(JSON.parse(fields || '{}') as object), type };
    const event = { name: type, data, $$type: 'scxml', type: 'external', origin: service.sessionId };
    receiver.send({ type: 'xstate.event', event: JSON.stringify(event), service: service.sessionId });
    sent.textContent = `Sent ${type}. It has an effect only where the server's list names it.`;
    sent.classList.remove('is-bad');
  } catch (error) {
    sent.textContent = `Not sent: ${error instanceof Error ? error.message : String(error)}`;
    sent.classList.add('is-bad');
  }
}

/** Once for all that comes within a frame. */
function draw(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    if (services.get(selected) === undefined) selected = services.all[0]?.sessionId;
    drawServices();
    drawService(services.get(selected));
  });
}

function drawServices(): void {
  byId('services', HTMLElement).replaceChildren(
    ...services.all.map((service) => {
      const button = document.createElement('button');
      button.type = 'button';
      const state = document.createElement('span');
      state.className = 'state';
      state.textContent = service.leaves;
      button.append(service.name, state);
      button.setAttribute('aria-current', String(service.sessionId === selected));
      button.addEventListener('click', () => {
        selected = service.sessionId;
        draw();
      });
      const row = document.createElement('li');
      row.dataset['session'] = service.sessionId;
      row.classList.toggle('is-child', service.parent !== undefined);
      row.append(button);
      return row;
    }),
  );
}

function drawService(service: KnownService | undefined): void {
  byId('service-title', HTMLElement).textContent = service?.name ?? 'No service';
  const facts = {
    state: service?.value ?? '',
    context: service?.context ?? '',
    session: service?.sessionId ?? '',
  };
  byId('facts', HTMLElement).replaceChildren(
    ...Object.entries(facts).flatMap(([name, text]) => [item('dt', name), item('dd', text)]),
  );
  byId('next-events', HTMLElement).replaceChildren(
    ...(service?.nextEvents ?? []).map((type) => {
      const option = document.createElement('option');
      option.value = type;
      return option;
    }),
  );
  byId('log', HTMLElement).replaceChildren(
    ...(service?.lines ?? []).map(({ kind, text }) => item('li', text, `is-${kind}`)),
  );
}
