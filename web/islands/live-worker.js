// One line to the office for the whole browser: a shared worker holds it and tells every tab.
let line, src = '', last = '', wait = 1000, up = false;
const tabs = new Set();
const tell = (message) => { for (const tab of tabs) tab.postMessage(message); };

function connect() {
  if (!src) return;
  line = new EventSource(last ? `${src}${src.includes('?') ? '&' : '?'}last-event-id=${encodeURIComponent(last)}` : src, { withCredentials: true });
  line.onopen = () => { wait = 1000; up = true; tell({ up }); };
  line.onmessage = (event) => {
    if (event.lastEventId) last = event.lastEventId;
    try { tell({ message: JSON.parse(event.data) }); } catch { /* a heartbeat carries no message */ }
  };
  line.onerror = () => {
    if (up) { up = false; tell({ up }); }
    // The browser tries again by itself unless the answer was an error; then the line is closed and we do.
    if (line.readyState === EventSource.CLOSED) { setTimeout(connect, wait); wait = Math.min(wait * 2, 30000); if (!up) tell({ up }); }
  };
}

const join = (port) => {
  tabs.add(port);
  port.onmessage = ({ data }) => {
    if (data.leave) { tabs.delete(port); return; }
    if (data.src && !src) { src = data.src; connect(); } else if (line) port.postMessage({ up: up || line.readyState === EventSource.CONNECTING });
  };
  port.start?.();
};
if ('onconnect' in self) self.onconnect = (event) => join(event.ports[0]);
