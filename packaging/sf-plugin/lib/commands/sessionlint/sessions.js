import { ProgramCommand, description, summary } from '../../command.js';

export default class Sessions extends ProgramCommand {
  static summary = summary('sessions');
  static description = description('sessions');
  static examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];
  static program = 'sessions';
}
