using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Lets a libLibTorchSharp.so that was linked against GCC 15's libstdc++ load on one of GCC 12.
/// Its only use of GLIBCXX_3.4.32 is std::ios_base_library_init(), which is empty in the newer library; the import is
/// pointed at steady_clock::now() (no arguments, no side effects, already imported) and the version is renamed.
/// Running it twice changes nothing, and any layout it does not know is an error rather than a guess.
/// </summary>
public class RelaxGlibcxx : Task
{
    private const string NewVersion = "GLIBCXX_3.4.32", OldVersion = "GLIBCXX_3.4.30";
    private const string Victim = "_ZSt21ios_base_library_initv", Donor = "_ZNSt6chrono3_V212steady_clock3nowEv";
    private const uint DynamicSymbols = 11, VersionOfSymbol = 0x6fffffff, VersionsNeeded = 0x6ffffffe;
    private const int SymbolSize = 24;

    [Required]
    public string Library { get; set; }

    private byte[] _elf;

    public override bool Execute()
    {
        _elf = File.ReadAllBytes(Library);
        if (U32(0) != 0x464c457f) { Log.LogError(Library + " is not an ELF file"); return false; }

        // Section headers: where the dynamic symbols, their names, their versions and the needed versions are.
        long symbols = 0, symbolBytes = 0, names = 0, versionOf = 0, needed = 0;
        int neededCount = 0;
        long headers = I64(0x28);
        int headerSize = U16(0x3A), headerCount = U16(0x3C);
        for (int i = 0; i < headerCount; i++)
        {
            long header = headers + (long)i * headerSize;
            uint type = U32(header + 4);
            if (type == DynamicSymbols)
            {
                symbols = I64(header + 24);
                symbolBytes = I64(header + 32);
                names = I64(headers + (long)U32(header + 40) * headerSize + 24);
            }
            else if (type == VersionOfSymbol) versionOf = I64(header + 24);
            else if (type == VersionsNeeded) { needed = I64(header + 24); neededCount = (int)U32(header + 44); }
        }

        long tooNew = 0, known = 0;
        for (int i = 0; i < neededCount; i++)
        {
            long entry = needed + U32(needed + 8);
            for (int k = 0; k < U16(needed + 2); k++)
            {
                string name = Name(names + U32(entry + 8));
                if (name == NewVersion) tooNew = entry;
                if (name == OldVersion) known = entry;
                entry += U32(entry + 12);
            }
            needed += U32(needed + 12);
        }
        if (tooNew == 0) return true; // relaxed before, or built with an older compiler

        ushort newIndex = U16(tooNew + 6);
        long victim = -1, donor = -1;
        int users = 0;
        for (long i = 0; i < symbolBytes / SymbolSize; i++)
        {
            string name = Name(names + U32(symbols + i * SymbolSize));
            if ((U16(versionOf + 2 * i) & 0x7fff) == newIndex) { users++; if (name == Victim) victim = i; }
            if (name == Donor) donor = i;
        }
        if (users != 1 || victim < 0 || donor < 0 || known == 0)
        {
            Log.LogError(Library + " uses " + NewVersion + " in a way this task does not know; see docs/adr/0002.");
            return false;
        }

        Copy(symbols + donor * SymbolSize, symbols + victim * SymbolSize, 4); // the imported name
        Copy(versionOf + 2 * donor, versionOf + 2 * victim, 2);               // and its version
        Copy(known, tooNew, 4);                                               // hash of the needed version
        Copy(known + 8, tooNew + 8, 4);                                       // and its name

        // The file may be a hard link into the package cache: replace it, never write through it.
        string temporary = Library + ".relaxed";
        File.WriteAllBytes(temporary, _elf);
        File.Delete(Library);
        File.Move(temporary, Library);
        Log.LogMessage(MessageImportance.High, "Relaxed " + NewVersion + " in " + Library);
        return true;
    }

    private ushort U16(long at) { return BitConverter.ToUInt16(_elf, (int)at); }

    private uint U32(long at) { return BitConverter.ToUInt32(_elf, (int)at); }

    private long I64(long at) { return BitConverter.ToInt64(_elf, (int)at); }

    private void Copy(long from, long to, int count) { Array.Copy(_elf, from, _elf, to, count); }

    private string Name(long at)
    {
        int end = (int)at;
        while (_elf[end] != 0) end++;
        return Encoding.ASCII.GetString(_elf, (int)at, end - (int)at);
    }
}
