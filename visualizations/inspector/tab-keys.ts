/** Arrow keys, Home and End between the tabs of a list, as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ has it. */
export function moveBetweenTabs(list: HTMLElement): void {
  list.addEventListener('keydown', (event) => {
    const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    const index = tabs.indexOf(document.activeElement as HTMLElement);
    if (index === -1) return;
    const to = nextIndex(event.key, index, tabs.length);
    const tab = to === undefined ? undefined : tabs[to];
    if (tab === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    tab.focus();
    tab.click();
  });
}

function nextIndex(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowRight') return (index + 1) % count;
  if (key === 'ArrowLeft') return (index + count - 1) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
