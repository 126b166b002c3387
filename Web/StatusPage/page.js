// Brings the content up to date every 30 seconds while somebody looks. Without scripts the link does the same.
(() => {
  const seconds = 30;
  const link = document.getElementById('refresh');
  let timer = 0;

  const wait = () => { clearTimeout(timer); timer = setTimeout(refresh, seconds * 1000); };

  async function refresh() {
    // A hidden page asks nobody; nor is anything replaced under somebody who is reading along or has opened something.
    const busy = document.hidden || document.querySelector('main details[open]')
      || document.querySelector('main').contains(document.activeElement) && document.activeElement !== document.querySelector('main')
        && document.activeElement.id !== 'refresh'
      || String(getSelection());
    if (!busy) await load(document.activeElement?.id === 'refresh');
    wait();
  }

  async function load(keepFocus) {
    try {
      const answer = await fetch(location.pathname + location.search,
        { headers: { Accept: 'text/html' }, credentials: 'same-origin', cache: 'no-store' });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const [now, next] = [document.querySelector('main'), page.querySelector('main')];
      if (!next) return;
      now.replaceChildren(...document.importNode(next, true).childNodes);
      enrich();
      document.title = page.title;
      document.documentElement.dataset.refreshed = Number(document.documentElement.dataset.refreshed ?? 0) + 1;
      hook();
      if (keepFocus) document.getElementById('refresh').focus();
    } catch { /* No network: what is there stays, with its time. */ }
  }

  // Times in the reader's zone, with UTC on hover; a button beside each command.
  function enrich() {
    const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
    const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    for (const time of document.querySelectorAll('main time[datetime]')) {
      const text = exact.format(new Date(time.dateTime));
      if (time.classList.contains('abs')) time.textContent = text;
      else time.title = `${text} (${time.title})`;
    }
    for (const label of document.querySelectorAll('main [data-utc]')) label.textContent = hour.format(new Date(label.dataset.utc));
    for (const button of document.querySelectorAll('main .copy')) button.hidden = !navigator.clipboard;
  }

  document.addEventListener('click', async event => {
    if (!event.target.classList?.contains('copy')) return;
    await navigator.clipboard.writeText(event.target.previousElementSibling.textContent);
    event.target.textContent = 'Copied';
  });

  function hook() {
    const current = document.getElementById('refresh');
    current.addEventListener('click', event => { event.preventDefault(); load(true); wait(); });
  }

  enrich();
  if (link) { hook(); wait(); }
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
})();
