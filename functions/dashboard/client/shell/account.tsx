import { LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { signOut } from '../api/sign-in.ts'
import { Button } from '../parts/button.tsx'
import { useMe } from './me.ts'
import { chooseTheme, type ThemeChoice } from './theme.ts'
import { useThemeChoice } from './use-theme.ts'

const THEMES = [
  { choice: 'light', label: 'Light', icon: Sun },
  { choice: 'dark', label: 'Dark', icon: Moon },
  { choice: 'system', label: 'As the system', icon: Monitor },
] as const satisfies readonly { choice: ThemeChoice; label: string; icon: typeof Sun }[]

/** Who is signed in, the theme, and the way out. */
export function Account() {
  const { user, tenant } = useMe()
  return (
    <div className="flex flex-col gap-3 border-line border-t pt-3">
      <ThemeSwitch />
      <div className="flex items-center gap-2 px-2.5">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium text-ink text-sm" title={tenant.company_name}>
            {tenant.company_name}
          </p>
          <p className="truncate text-ink-3 text-xs" title={user?.email}>
            {user?.email}
          </p>
        </div>
        <Button look="quiet" size="icon" aria-label="Sign out" title="Sign out" onClick={() => void signOut(false)}>
          <LogOut size={16} aria-hidden />
        </Button>
      </div>
    </div>
  )
}

function ThemeSwitch() {
  const chosen = useThemeChoice()
  return (
    <fieldset aria-label="Theme" className="mx-2.5 flex w-fit rounded-lg border border-line bg-sunken p-0.5">
      {THEMES.map(({ choice, label, icon: Icon }) => (
        <button
          key={choice}
          type="button"
          aria-label={label}
          title={label}
          aria-pressed={choice === chosen}
          onClick={() => chooseTheme(choice)}
          className="flex h-7 w-9 pointer-coarse:h-10 pointer-coarse:w-12 items-center justify-center rounded-md text-ink-3 aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-sm"
        >
          <Icon size={14} aria-hidden />
        </button>
      ))}
    </fieldset>
  )
}
