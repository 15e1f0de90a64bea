// This script runs before the style sheets, so that the page never appears in the wrong theme. The script has its own file, because the
// policy of the server forbids inline scripts.
const theme = localStorage.getItem('parlor.theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
